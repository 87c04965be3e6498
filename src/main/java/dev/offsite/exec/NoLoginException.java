package dev.offsite.exec;

/** A login that only runs commands does not work. No command runs then, and another try would fail in the same way. */
public final class NoLoginException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Why, and what to do.
     *
     * @param message in one line, without secrets
     */
    public NoLoginException(String message, Throwable cause) {
        super(message, cause);
    }
}
