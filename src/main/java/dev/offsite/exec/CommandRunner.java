package dev.offsite.exec;

import java.time.Duration;

/** Has one server run commands. */
public interface CommandRunner {

    /**
     * Runs one, and waits for its end.
     *
     * @param command a line for a POSIX shell; a restricted one may take less
     * @throws ExecException if it could not be started, or did not end before the deadline and was cut
     */
    ExecResult run(String command, Duration deadline) throws ExecException;
}
