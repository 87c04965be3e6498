package dev.offsite.owner;

import dev.offsite.io.StateFile;
import dev.offsite.job.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Who writes to the roots of this installation: the random id in the file {@code owner} of the state folder. It is made
 * once. Several machines are one owner if they have the same file.
 */
public final class Owner {

    private static final String FILE = "owner";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

    private final Path state;
    private final StateFile file;
    private String id;

    public Owner(String state) {
        this.state = Path.of(state).toAbsolutePath().normalize();
        this.file = new StateFile(this.state.resolve(FILE));
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
    Optional<String> known() {
        return file.read().map(lines -> {
            String known = String.join("", lines);
            if (!RootMark.isId(known)) {
                throw new UncheckedIOException(new IOException(
                        "%s is damaged: it has not 32 hex digits; move it away, then take your roots over: offsite adopt JOB"
                                .formatted(file.path())));
            }
            return known;
        });
    }

    private String make() {
        String made = newId();
        file.write(List.of(made));
        return made;
    }

    /** The mark of a root that is ours, under this id. */
    RootMark mark(Job job, String id) {
        return new RootMark(id, host(), job.name(), state.toString(), job.shared());
    }

    /** Whether the state folder that a mark of this host names is here and has its id. */
    static boolean isAlive(RootMark mark) {
        try {
            return Files.readString(Path.of(mark.state()).resolve(FILE)).strip().equals(mark.id());
        } catch (IOException | InvalidPathException e) {
            return false;
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
