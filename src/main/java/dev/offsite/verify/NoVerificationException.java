package dev.offsite.verify;

/** The target offers no verification as strong as the job demands, so that nothing sent to it can be proven. */
public final class NoVerificationException extends VerificationException {

    private static final long serialVersionUID = 1L;

    public NoVerificationException(String message) {
        super(message);
    }
}
