package dev.offsite.proof;

import java.time.Duration;

/** Has one server run commands. */
public interface Commands {

    /**
     * Runs one, and waits for its end.
     *
     * @param command a line for a POSIX shell; a restricted one may take less
     * @throws HashCutException if it could not be started, or did not end before the deadline and was cut
     */
    Answer run(String command, Duration deadline) throws HashCutException;
}
