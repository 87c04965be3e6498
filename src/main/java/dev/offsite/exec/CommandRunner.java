package dev.offsite.exec;

import java.time.Duration;

/** Runs commands on one server. */
public interface CommandRunner {

    /**
     * Bytes of UTF-8 that a command may have. Linux limits one argument to 128 KiB, and sshd passes the whole command
     * as one argument of {@code sh -c}.
     */
    int MAX_COMMAND_BYTES = 96 * 1024;

    /**
     * Runs a command on the server and waits for its end.
     *
     * @param command a line for a POSIX shell; a restricted shell may accept less
     * @throws ExecException if it could not be started, or was cut at the deadline
     */
    ExecResult run(String command, Duration deadline) throws ExecException;
}
