package dev.offsite.exec;

import java.time.Duration;

/** Has one server run commands. */
public interface CommandRunner {

    /**
     * Bytes of UTF-8 that a command may have. Linux limits one argument to 128 KiB, and sshd hands the whole command to the
     * shell as one argument of {@code sh -c}.
     */
    int MAX_COMMAND_BYTES = 96 * 1024;

    /**
     * Runs one, and waits for its end.
     *
     * @param command a line for a POSIX shell; a restricted one may take less
     * @throws ExecException if it could not be started, or did not end before the deadline and was cut
     */
    ExecResult run(String command, Duration deadline) throws ExecException;
}
