package dev.offsite.job;

import dev.offsite.io.StateException;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.io.Text;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What may block a job's pruning: the result of its last ship, and holds that must be lifted first. Kept in a small
 * text file for each job in the state folder ({@code db.status} for job db), so that pruning can read it while another
 * process has the ledger open. A killed ship counts as failed.
 */
public final class JobStatus {

    /** The result of the last ship; {@link #NONE} if none was recorded yet. */
    public enum State {
        NONE,
        RUNNING,
        OK,
        FAILED;

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

    private record Status(State state, Map<Hold, String> holds) {
        private static Status parse(List<String> lines) {
            Map<Hold, String> holds = new EnumMap<>(Hold.class);
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                String[] parts = line.split(" ", 2);
                holds.put(Hold.valueOf(parts[0].toUpperCase(Locale.ROOT)), parts[1]);
            }
            return new Status(State.valueOf(lines.get(0).strip()), holds);
        }

        private List<String> format() {
            List<String> lines = new ArrayList<>(List.of(state.name()));
            holds.forEach((hold, reason) -> lines.add(hold.word() + " " + Text.line(reason)));
            return lines;
        }
    }

    private final StateStore state;

    public JobStatus(StateStore state) {
        this.state = state;
    }

    public State last(Job job) {
        return read(job).state();
    }

    /** The holds on the job's pruning, each with a reason in one line. */
    public Map<Hold, String> holds(Job job) {
        return read(job).holds();
    }

    public void running(Job job) {
        ship(job, State.RUNNING);
    }

    public void ended(Job job, boolean succeeded) {
        ship(job, succeeded ? State.OK : State.FAILED);
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
    public synchronized void hold(Job job, Hold hold, String reason) {
        Status status = read(job);
        status.holds().put(hold, reason);
        write(job, status);
    }

    /** Does nothing if the hold is not set. */
    public synchronized void lift(Job job, Hold hold) {
        Status status = read(job);
        if (status.holds().remove(hold) != null) {
            write(job, status);
        }
    }

    private synchronized void ship(Job job, State state) {
        Status status = read(job);
        if (status.state() != state) {
            write(job, new Status(state, status.holds()));
        }
    }

    private Status read(Job job) {
        try {
            return file(job)
                    .read()
                    .map(Status::parse)
                    .orElseGet(() -> new Status(State.NONE, new EnumMap<>(Hold.class)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            // It may have held pruning back, so it is not replaced.
            throw StateException.damaged(file(job).place(), "it is no status", e);
        }
    }

    private void write(Job job, Status status) {
        file(job).write(status.format());
    }

    private StateFile file(Job job) {
        return StateFile.of(state, job.name(), "status");
    }
}
