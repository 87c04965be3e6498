package dev.offsite.owner;

import java.io.IOException;

/** A root that we may not write to, because of another writer. The message is one line that says what to do. */
public final class RootException extends IOException {

    private static final long serialVersionUID = 1L;

    RootException(String message) {
        super(message);
    }

    /** The reason for a copy that has the name of another writer's. */
    public static RootException ofName(String folder) {
        return new RootException(
                "another writer of the shared root has a copy of this name in %s; use another name or subfolder"
                        .formatted(folder));
    }

    /** The reason for a copy of a file that this node works on no more. */
    public static RootException ofClaim() {
        return new RootException(
                "another node of the cluster has taken it over, since this one did not answer in time");
    }

    /** The reason not to ship while another node searches the server for what a ledger that is lost had. */
    public static RootException ofSearch() {
        return new RootException(
                "another node of the cluster is finding out what was shipped already; the next run tries again");
    }

    /** Whether this is the reason, so that the target itself is not at fault. */
    public static boolean isCauseOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RootException) {
                return true;
            }
        }
        return false;
    }
}
