package dev.offsite.transfer;

/** Pruning would be unsafe now; nothing was removed. */
public final class PruneRefusedException extends Exception {

    private static final long serialVersionUID = 1L;

    PruneRefusedException(String message) {
        super(message);
    }
}
