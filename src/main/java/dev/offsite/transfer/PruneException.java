package dev.offsite.transfer;

/** Pruning would be unsafe now and nothing was removed, or some folder could not be removed. */
public final class PruneException extends Exception {

    private static final long serialVersionUID = 1L;

    PruneException(String message) {
        super(message);
    }
}
