package dev.offsite.verify;

/** The target offers no verification that the job accepts, so nothing can be shipped there. */
public final class NoVerificationException extends VerificationException {

    private static final long serialVersionUID = 1L;

    public NoVerificationException(String message) {
        super(message);
    }
}
