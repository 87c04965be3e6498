package dev.offsite.cli;

import java.util.List;

/** Ends the command with messages for the user and an exit code. */
public final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandException(int exitCode, List<String> lines) {
        super(String.join("\n", lines));
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
