package dev.offsite.exec;

/** The separate login for commands does not work, so no command runs and a retry would fail in the same way. */
public final class NoLoginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * @param message why, and what to do: one line, without secrets
     */
    public NoLoginException(String message, Throwable cause) {
        super(message, cause);
    }
}
