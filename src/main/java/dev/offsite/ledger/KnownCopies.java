package dev.offsite.ledger;

import dev.offsite.cluster.TextMap;
import java.util.concurrent.TimeUnit;

/**
 * The files of which this node of a cluster has read that they are committed, so that a poll need not ask the database for each
 * of them. All is read anew after any node has removed or changed an entry of the ledger; what others add is
 * never missed, since only what is committed is kept. What it says may be a second old: do not delete a file because of it.
 *
 * <p>A single machine keeps nothing here: its ledger is in this process.
 */
public final class KnownCopies {

    /** What a single machine has. */
    public static final KnownCopies NONE = new KnownCopies(null);

    /** About 10 MiB of memory. The database is asked for each file beyond. */
    private static final int MOST = 250_000;

    private static final long CURRENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final TextMap copies;
    private DigestSet known = new DigestSet();
    private long changes = -1;
    /** Grows whenever all is read anew. */
    private long version;
    /** When the number of changes was read. */
    private long looked;

    KnownCopies(TextMap copies) {
        this.copies = copies;
    }

    /** Whether anything is kept here. */
    public boolean isUsed() {
        return copies != null;
    }

    /** What to give to {@link #add}: take it before you read what to add. It differs after all was forgotten. */
    public synchronized long version() {
        if (isUsed() && (changes < 0 || System.nanoTime() - looked > CURRENT_NANOS)) {
            looked = System.nanoTime();
            long now = copies.changes();
            if (now != changes) {
                changes = now;
                known = new DigestSet();
                version++;
            }
        }
        return version;
    }

    /** Whether that file is known: its key in the ledger, and what tells it from another one of that key. */
    public synchronized boolean has(long atVersion, String file) {
        return atVersion == version && isUsed() && known.contains(file);
    }

    /** A file that was committed when this was the version. */
    public synchronized void add(long atVersion, String file) {
        if (atVersion == version && isUsed() && known.size() < MOST) {
            known.add(file);
        }
    }

    /** This node has removed or changed an entry. */
    synchronized void forget() {
        changes = -1;
        known = new DigestSet();
        version++;
    }
}
