package dev.offsite.cluster;

import dev.offsite.io.Text;

/** The cluster's configuration is wrong, or the database is none that Offsite can work with: no wait helps. */
public final class ClusterException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** @param reason is not a cause: users see the message of the deepest one */
    public ClusterException(String message, Throwable reason) {
        super(Text.line(message));
        if (reason != null) {
            addSuppressed(reason);
        }
    }
}
