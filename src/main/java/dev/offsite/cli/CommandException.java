package dev.offsite.cli;

import dev.offsite.sftp.FailureMessages;

/** Ends the command with messages for the user and an exit code. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandException(int exitCode, String lines) {
        super(lines);
        this.exitCode = exitCode;
    }

    /** For a mistake on the command line or in the configuration. */
    CommandException(String lines) {
        this(ExitCode.CONFIGURATION, lines);
    }

    CommandException(FailureMessages problem) {
        this(ExitCode.of(problem), problem.message());
    }

    int exitCode() {
        return exitCode;
    }
}
