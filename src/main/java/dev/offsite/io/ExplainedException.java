package dev.offsite.io;

/** A failure whose message is one plain sentence for the user. */
public abstract class ExplainedException extends Exception {

    private static final long serialVersionUID = 1L;

    protected ExplainedException(String message) {
        super(message);
    }

    protected ExplainedException(String message, Throwable cause) {
        super(message, cause);
    }
}
