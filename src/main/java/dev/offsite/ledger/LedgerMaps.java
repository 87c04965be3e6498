package dev.offsite.ledger;

import dev.offsite.cluster.Claims;
import dev.offsite.cluster.TextMap;
import dev.offsite.io.StateException;
import java.util.Set;

/** Where the maps of a {@link Ledger} are. All methods fail with {@link StateException}. */
interface LedgerMaps extends AutoCloseable {

    TextMap map(String name);

    /** Whether these maps are new, so that earlier ones may be lost. */
    boolean isBorn();

    boolean isClosed();

    /** Makes all changes so far survive a crash of the process; {@code durable}: and of the machine. */
    void flush(boolean durable);

    /** This node of a cluster; "" for a single machine. */
    String node();

    /** The nodes that are alive. */
    Set<String> alive();

    /** The files that the nodes work on. */
    default Claims claims() {
        return Claims.FREE;
    }

    @Override
    void close();
}
