package dev.offsite.prune;

import dev.offsite.io.ExplainedException;

/** Pruning was refused as unsafe and nothing was removed, or some folder could not be removed. */
public final class PruneException extends ExplainedException {

    private static final long serialVersionUID = 1L;

    public PruneException(String message) {
        super(message);
    }
}
