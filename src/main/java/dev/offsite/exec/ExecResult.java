package dev.offsite.exec;

import java.util.Optional;

/**
 * What came of a command on the server.
 *
 * @param status its exit status; empty where it was killed or the connection was lost, and then nothing it printed counts
 * @param stdout what it printed
 * @param stderr what it complained of
 */
public record ExecResult(Optional<Integer> status, String stdout, String stderr) {

    /** What a POSIX shell exits with when there is no such command, or none that it may run. */
    private static final int NOT_FOUND = 127;

    public static final int NOT_EXECUTABLE = 126;

    /** Whether it ended well. */
    public boolean isOk() {
        return status.equals(Optional.of(0));
    }

    /** Whether the shell has no such command. */
    public boolean noSuchCommand() {
        return status.filter(s -> s == NOT_FOUND || s == NOT_EXECUTABLE).isPresent();
    }

    /** The first line of what it said, of stderr where it said something there; for people. */
    public String said() {
        return (stderr.isBlank() ? stdout : stderr)
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("nothing");
    }
}
