package dev.offsite.proof;

/** The server does not run sha256sum at all, so that nothing sent to it can be proven. */
public final class NoSha256sumException extends ProofException {

    private static final long serialVersionUID = 1L;

    NoSha256sumException(String message) {
        super(message);
    }
}
