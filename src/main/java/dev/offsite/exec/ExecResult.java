package dev.offsite.exec;

import java.util.Optional;

/**
 * The result of a command on the server.
 *
 * @param status exit status; empty if it was killed or the connection was lost, in which case its output must be
 *     ignored
 */
public record ExecResult(Optional<Integer> status, String stdout, String stderr) {

    /** Exit status of a POSIX shell for a command that is missing or may not be run. */
    private static final int NOT_FOUND = 127;

    public static final int NOT_EXECUTABLE = 126;

    public boolean isOk() {
        return status.equals(Optional.of(0));
    }

    public boolean noSuchCommand() {
        return status.filter(s -> s == NOT_FOUND || s == NOT_EXECUTABLE).isPresent();
    }

    /** The first line of stderr, or of stdout if stderr is empty; for people. */
    public String said() {
        return (stderr.isBlank() ? stdout : stderr)
                .lines()
                .filter(line -> !line.isBlank())
                .findFirst()
                .orElse("nothing");
    }
}
