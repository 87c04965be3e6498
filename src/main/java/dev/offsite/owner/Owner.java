package dev.offsite.owner;

import dev.offsite.cluster.Cluster;
import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import dev.offsite.job.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Who writes to the roots of this installation: the random id in the file {@code owner} of the state folder. It is made
 * once. Several machines are one owner if they have the same file.
 */
public final class Owner {

    private static final String FILE = "owner";
    /** In place of the name of a machine. */
    private static final String CLUSTER = "cluster";

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    /** A random number of each installation of an operating system: machine-id(5). */
    private static final List<Path> MACHINE = List.of(Path.of("/etc/machine-id"), Path.of("/var/lib/dbus/machine-id"));

    private static final Pattern MACHINE_ID = Pattern.compile("[0-9a-f]{32}");

    private final String place;
    private final StateFile file;
    private final List<Path> machineIds;
    private String id;

    /** The nodes of a cluster are one, whichever machines they are on. */
    public Owner(Cluster cluster) {
        this(cluster.state(), cluster.place(), cluster.isShared() ? List.of() : MACHINE);
    }

    /** {@code machineIds}: the files that may hold the machine's id; the first that does counts */
    Owner(StateStore state, String place, List<Path> machineIds) {
        this.place = place;
        this.file = new StateFile(state, FILE);
        this.machineIds = machineIds;
    }

    static String newId() {
        byte[] bits = new byte[16];
        RANDOM.nextBytes(bits);
        return HexFormat.of().formatHex(bits);
    }

    /** The id, which is made if there is none. */
    public synchronized String id() {
        if (id == null) {
            id = known().orElseGet(this::make);
        }
        return id;
    }

    /** The id, if it was made already. */
    public Optional<String> known() {
        return file.read().map(lines -> {
            String known = String.join("", lines);
            if (!RootMark.isId(known)) {
                throw new UncheckedIOException(new IOException(
                        "%s is damaged: it has not 32 hex digits; move it away, then take your roots over: offsite adopt JOB"
                                .formatted(file.place())));
            }
            return known;
        });
    }

    /** Nodes that start together must not make two: the first one counts for all. */
    private String make() {
        file.update(lines -> lines.isEmpty() ? List.of(newId()) : lines);
        return known().orElseThrow();
    }

    /** The mark of a root that is ours, under this id. */
    RootMark mark(Job job, String id) {
        return new RootMark(id, machine(), machineIds.isEmpty() ? CLUSTER : host(), job.name(), place, job.shared());
    }

    /** Whether the state folder that a mark of this host names is here and has its id. */
    static boolean isAlive(RootMark mark) {
        try {
            return Files.readString(Path.of(mark.state()).resolve(FILE)).strip().equals(mark.id());
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    /**
     * Which machine this is, whatever its name; empty if it has no id. As machine-id(5) asks, others see only a hash that is
     * made for them.
     */
    String machine() {
        return machineIds.stream()
                .flatMap(file -> machineId(file).stream())
                .findFirst()
                .map(machine -> UUID.nameUUIDFromBytes(("offsite root " + machine).getBytes(StandardCharsets.UTF_8)))
                .map(hash -> hash.toString().replace("-", ""))
                .orElse("");
    }

    private static Optional<String> machineId(Path file) {
        try {
            return Optional.of(Files.readString(file).strip())
                    .filter(text -> MACHINE_ID.matcher(text).matches());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The name of this machine. Not by asking for an address, which may take as long as a name server does. */
    public static String host() {
        try {
            String name = Files.exists(HOST)
                    ? Files.readString(HOST).strip()
                    : InetAddress.getLocalHost().getHostName();
            return name.isEmpty() ? "unknown" : name;
        } catch (IOException e) {
            return "unknown";
        }
    }
}
