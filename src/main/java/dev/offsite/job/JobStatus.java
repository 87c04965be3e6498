package dev.offsite.job;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.SingleNode;
import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What may block a job's pruning: the result of its last ship, and holds that must be lifted first. Kept in a small
 * text file for each job in the state folder ({@code db.status} for job db), so that pruning can read it while another
 * process has the ledger open. A killed ship counts as failed. In a cluster, each node has a line of its own.
 */
public final class JobStatus {

    /** The result of the last ship; {@link #NONE} if none was recorded yet. */
    public enum State {
        NONE,
        OK,
        FAILED,
        RUNNING;

        /** Whether pruning is allowed after it. */
        public boolean pruning() {
            return this == NONE || this == OK;
        }
    }

    /** What blocks pruning, whatever the result of the last ship. */
    public enum Hold {
        /** A scrub found missing or changed copies; lifted when a later scrub finds them intact. */
        DAMAGE,
        /** A new backup is much smaller than those before it; lifted by a person. */
        IMPLAUSIBLE;

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What one node knows of its ships.
     *
     * @param last the result of the last one that ended
     */
    private record Ship(State last, boolean running) {
        private static final Ship NONE = new Ship(State.NONE, false);

        private State state() {
            return running ? State.RUNNING : last;
        }
    }

    /** @param ships by node; that of a single machine is "" */
    private record Status(Map<String, Ship> ships, Map<Hold, String> holds) {

        private static Status parse(List<String> lines) {
            Map<String, Ship> ships = new TreeMap<>();
            Map<Hold, String> holds = new EnumMap<>(Hold.class);
            for (String line : lines) {
                String[] parts = line.strip().split(" ", 2);
                if (parts[0].equals(NODE)) {
                    String[] ship = parts[1].split(" ", -1);
                    ships.put(ship[0], new Ship(State.valueOf(ship[1]), Boolean.parseBoolean(ship[2])));
                } else if (parts.length == 1) {
                    State state = State.valueOf(parts[0]);
                    ships.put("", new Ship(state, state == State.RUNNING));
                } else {
                    holds.put(Hold.valueOf(parts[0].toUpperCase(Locale.ROOT)), parts[1]);
                }
            }
            return new Status(ships, holds);
        }

        private List<String> format() {
            List<String> lines = new ArrayList<>();
            ships.forEach((node, ship) -> lines.add(
                    node.isEmpty()
                            ? ship.state().name()
                            : "%s %s %s %s".formatted(NODE, node, ship.last(), ship.running())));
            holds.forEach((hold, reason) -> lines.add(hold.word() + " " + Text.line(reason)));
            return lines;
        }
    }

    private static final String NODE = "node";

    private final StateStore state;
    private final Cluster nodes;

    /** Of a single machine. */
    public JobStatus(StateStore state) {
        this(new SingleNode(state));
    }

    public JobStatus(Cluster nodes) {
        this.state = nodes.state();
        this.nodes = nodes;
    }

    /** In a cluster, the worst of all nodes; one that died while it shipped has failed. */
    public State last(Job job) {
        Status status = read(job);
        State worst = State.NONE;
        for (Map.Entry<String, Ship> one : status.ships().entrySet()) {
            State now = of(one.getKey(), one.getValue());
            worst = now.compareTo(worst) > 0 ? now : worst;
        }
        return worst;
    }

    /** As seen from here: that another node ships now says nothing about what it has shipped. */
    private State of(String node, Ship ship) {
        return node.equals(nodes.node())
                ? ship.state()
                : ship.running() && !nodes.alive().contains(node) ? State.FAILED : ship.last();
    }

    /** The holds on the job's pruning, each with a reason in one line. */
    public Map<Hold, String> holds(Job job) {
        return read(job).holds();
    }

    /** A run looks for files. Whatever nodes that are gone have left undone is now for this one to do. */
    public void begins(Job job) {
        if (!nodes.isShared()) {
            return;
        }
        Set<String> alive = nodes.alive();
        if (!alive.containsAll(read(job).ships().keySet())) {
            update(job, status -> {
                boolean well = status.ships().entrySet().stream()
                        .filter(one -> !alive.contains(one.getKey()))
                        .allMatch(one -> of(one.getKey(), one.getValue()).pruning());
                status.ships().keySet().removeIf(node -> !alive.contains(node));
                status.ships()
                        .merge(
                                nodes.node(),
                                new Ship(well ? State.OK : State.FAILED, false),
                                (own, theirs) -> well ? own : theirs);
            });
        }
    }

    public void running(Job job) {
        ship(job, before -> new Ship(before.last(), true));
    }

    public void ended(Job job, boolean succeeded) {
        ship(job, before -> new Ship(succeeded ? State.OK : State.FAILED, false));
    }

    /**
     * What did not fit on the server's disk.
     *
     * @param bytes of the files that the last ship could not write there
     * @param files how many these are
     * @param measured whether the server reported too little space for them
     * @param folders names of the dated folders that it wrote into, which are therefore incomplete
     */
    public record Unfit(long bytes, long files, boolean measured, List<String> folders) {

        public static final Unfit NOTHING = new Unfit(0, 0, true, List.of());

        public Unfit plus(long size, boolean isMeasured) {
            return new Unfit(bytes + size, files + 1, measured && isMeasured, folders);
        }

        public Unfit in(List<String> incomplete) {
            return files == 0 ? NOTHING : new Unfit(bytes, files, measured, incomplete);
        }

        private static Unfit parse(List<String> lines) {
            String[] parts = lines.get(0).strip().split(" ", -1);
            return new Unfit(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Boolean.parseBoolean(parts[2]),
                    List.copyOf(lines.subList(1, lines.size())));
        }

        private List<String> format() {
            List<String> lines = new ArrayList<>(List.of("%d %d %s".formatted(bytes, files, measured)));
            lines.addAll(folders);
            return lines;
        }
    }

    /** Remembers what did not fit, for whoever makes room. */
    public void unfit(Job job, Unfit unfit) {
        if (!unfit.equals(unfit(job))) {
            unfitFile(job).write(unfit.format());
        }
    }

    /** What the job's last ship could not write because the disk was full, as far as is known. */
    public Unfit unfit(Job job) {
        try {
            return unfitFile(job)
                    .read()
                    .filter(lines -> !lines.isEmpty())
                    .map(Unfit::parse)
                    .orElse(Unfit.NOTHING);
        } catch (NumberFormatException | IndexOutOfBoundsException unreadable) {
            return Unfit.NOTHING;
        }
    }

    private StateFile unfitFile(Job job) {
        return StateFile.of(state, job.name(), "unfit");
    }

    /** Blocks pruning. A new reason replaces the old one of the same hold. */
    public void hold(Job job, Hold hold, String reason) {
        if (reason.equals(holds(job).get(hold))) {
            return;
        }
        update(job, status -> status.holds().put(hold, reason));
    }

    /** Does nothing if the hold is not set. */
    public void lift(Job job, Hold hold) {
        if (holds(job).containsKey(hold)) {
            update(job, status -> status.holds().remove(hold));
        }
    }

    private void ship(Job job, UnaryOperator<Ship> change) {
        String node = nodes.node();
        Ship before = read(job).ships().getOrDefault(node, Ship.NONE);
        if (!before.state().equals(change.apply(before).state())) {
            update(job, status -> status.ships()
                    .put(node, change.apply(status.ships().getOrDefault(node, Ship.NONE))));
        }
    }

    private void update(Job job, Consumer<Status> change) {
        file(job).update(lines -> {
            Status status = parse(job, lines);
            change.accept(status);
            return status.format();
        });
    }

    private Status read(Job job) {
        Optional<List<String>> lines = file(job).read();
        if (lines.isPresent() && lines.get().isEmpty()) {
            throw StateException.damaged(file(job).place(), "it is empty", null);
        }
        return parse(job, lines.orElse(List.of()));
    }

    private Status parse(Job job, List<String> lines) {
        try {
            return Status.parse(lines);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // It may have held pruning back, so it is not replaced.
            throw StateException.damaged(file(job).place(), "it is no status", e);
        }
    }

    /** The text of a status for a single machine, which goes on where all nodes of a cluster have stopped. */
    public static String alone(String text) {
        Status status;
        try {
            status = Status.parse(text.lines().toList());
        } catch (IllegalArgumentException | IndexOutOfBoundsException damaged) {
            // To be said by whoever needs it.
            return text;
        }
        if (status.ships().keySet().stream().allMatch(String::isEmpty)) {
            return text;
        }
        boolean well = status.ships().values().stream()
                .allMatch(ship -> !ship.running() && ship.last().pruning());
        boolean any = status.ships().values().stream().anyMatch(ship -> ship.last() != State.NONE);
        status.ships().clear();
        status.ships().put("", new Ship(well ? any ? State.OK : State.NONE : State.FAILED, false));
        return String.join("", status.format().stream().map(line -> line + "\n").toList());
    }

    private StateFile file(Job job) {
        return StateFile.of(state, job.name(), "status");
    }
}
