package dev.offsite.verify;

import dev.offsite.io.ExplainedException;

/** A copy could not be verified. */
public class VerificationException extends ExplainedException {

    private static final long serialVersionUID = 1L;

    public VerificationException(String message) {
        super(message);
    }

    public VerificationException(String message, Throwable cause) {
        super(message, cause);
    }
}
