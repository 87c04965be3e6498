package dev.offsite.catalog;

import dev.offsite.io.ExplainedException;

/** What was requested cannot be restored. The message says why, and what to do. */
public final class RestoreException extends ExplainedException {

    private static final long serialVersionUID = 1L;

    public RestoreException(String message) {
        super(message);
    }
}
