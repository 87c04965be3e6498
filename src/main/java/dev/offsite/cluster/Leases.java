package dev.offsite.cluster;

import dev.offsite.io.StateException;
import java.util.Optional;

/**
 * Connections to servers, where all nodes together may have only so many. A lease ends when it is released, or when its node
 * is dead. All methods fail with {@link StateException}.
 */
public interface Leases {

    /** One connection that this node may have. */
    interface Lease {
        /** Whether the others still know of it. They do not after they have taken this node for dead. */
        boolean isValid();

        void release();
    }

    /**
     * Takes a lease; empty if all are taken, or are for nodes that wait.
     *
     * @param most how many there are
     * @param first whether this node has none. Then it waits in turn, for as long as it asks every second or so; else nodes
     *     that wait come before it.
     */
    Optional<Lease> take(String server, int most, boolean first);

    /** Whether another node waits for its first one. */
    boolean isWanted(String server);
}
