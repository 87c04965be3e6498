package dev.offsite.cluster;

import dev.offsite.io.StateException;
import dev.offsite.io.StateStore;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * The nodes that ship the same jobs, and what they share. A single machine is a cluster of one: {@link SingleNode}. Methods
 * fail with {@link StateException} if what is shared cannot be reached.
 */
public interface Cluster extends AutoCloseable {

    /** Whether there may be other nodes. */
    boolean isShared();

    /**
     * Lets the others see this node, which is needed to ship. Nothing is asked of a database before something is needed of
     * it. Fails with {@link ClusterException} if the configuration is wrong; a database that cannot be reached now is
     * joined when it is back.
     */
    default void join() {}

    /** This node: 8 hex digits, other ones after each start and after the others have taken it for dead; "" for a single machine. */
    String node();

    /** The nodes that are alive, this one among them. */
    Set<String> alive();

    /** Those that have died or were stopped within the last weeks. */
    Set<String> dead();

    /** Whether this node does now what only one node at a time is to do, such as telling people of troubles. */
    boolean leads();

    /** What Offsite knows. */
    StateStore state();

    /** A map of the ledger, by its name. */
    TextMap map(String name);

    /** Makes all changes of maps so far survive a power cut. */
    void sync();

    Claims claims();

    /** Held by one node at a time until it is closed. It ends when its node dies. */
    interface Lock extends AutoCloseable {
        /** Fails with {@link StateException} if it was lost meanwhile. Call it right before what it protects. */
        void check();

        @Override
        void close();
    }

    /** Empty if another thread or node does not let go of it for that long. */
    Optional<Lock> lock(String name, Duration patience);

    /** The time of a rate that all nodes share, by its name; empty for a single machine. */
    default Optional<SharedRate> rate(String name) {
        return Optional.empty();
    }

    /** Connections to servers, where all nodes together are limited; empty for a single machine. */
    default Optional<Leases> leases() {
        return Optional.empty();
    }

    /** What to do after another node has died, so that its work goes on here. */
    void onDeath(Runnable action);

    /** Where what is shared is: a folder, or host and database, without user and password. */
    String place();

    /** Leaves the cluster: others take over at once. */
    @Override
    default void close() {}
}
