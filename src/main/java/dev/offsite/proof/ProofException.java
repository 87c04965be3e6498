package dev.offsite.proof;

/** It is not proven that a copy has the bytes of its file. */
public sealed class ProofException extends Exception permits NoProofException, HashCutException {

    private static final long serialVersionUID = 1L;

    public ProofException(String message) {
        super(message);
    }

    public ProofException(String message, Throwable cause) {
        super(message, cause);
    }
}
