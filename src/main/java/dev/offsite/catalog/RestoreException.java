package dev.offsite.catalog;

import dev.offsite.io.ExplainedException;

/** What was asked for cannot be restored; the message says why, and what to do. */
public final class RestoreException extends ExplainedException {

    private static final long serialVersionUID = 1L;

    public RestoreException(String message) {
        super(message);
    }
}
