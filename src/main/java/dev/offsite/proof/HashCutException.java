package dev.offsite.proof;

/** A command on the server did not come to its end, so that it says nothing about any file. */
public final class HashCutException extends ProofException {

    private static final long serialVersionUID = 1L;

    private final boolean hung;

    public HashCutException(String message, boolean hung, Throwable cause) {
        super(message, cause);
        this.hung = hung;
    }

    /** Whether it ran out of time, so that another would too. */
    public boolean hung() {
        return hung;
    }
}
