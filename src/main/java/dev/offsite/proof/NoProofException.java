package dev.offsite.proof;

/** The target offers no proof as strong as the job demands, so that nothing sent to it can be proven. */
public final class NoProofException extends ProofException {

    private static final long serialVersionUID = 1L;

    public NoProofException(String message) {
        super(message);
    }
}
