package dev.offsite.sftp;

import java.time.Duration;

/**
 * How many connections a transfer is worth, from what it moves: one more as long as the last one made it faster, and what is
 * left takes longer than a login. Not thread-safe.
 */
public final class UsefulConnections {

    /** How long the speed is measured. */
    static final Duration SAMPLE = Duration.ofMillis(300);

    /** How long a new connection takes to reach its speed. */
    static final Duration SETTLING = Duration.ofMillis(500);

    /** When to try once more, since lines change. */
    static final Duration AGAIN = Duration.ofSeconds(30);

    /** What takes less time to be moved is not worth a login. */
    static final Duration WORTHWHILE = Duration.ofSeconds(1);

    /** One more pays if that much more is moved. */
    private static final double PAYS = 1.1;

    private int wanted;
    private long since;
    private long before;
    /** Bytes per nanosecond with one connection fewer; 0 if none was added, or what it brought is known. */
    private double rateBefore;

    private long notBefore;

    /**
     * @param first how many are worthwhile before anything is measured
     * @param now the time in nanoseconds
     */
    public UsefulConnections(int first, long now) {
        this.wanted = Math.max(1, first);
        this.since = now;
        this.notBefore = now;
    }

    /**
     * How many are worthwhile now.
     *
     * @param most how many there may be
     * @param moved bytes so far
     * @param left bytes still to be moved
     * @param connected how many there are
     * @param now the time in nanoseconds
     */
    public int wanted(int most, long moved, long left, int connected, long now) {
        if (connected < Math.min(most, wanted)) {
            // Not all have logged in.
            begin(moved, now + SETTLING.toNanos());
        } else if (now < since) {
            before = moved;
        } else if (now - since >= SAMPLE.toNanos()) {
            measured((double) (moved - before) / (now - since), most, left, now);
            begin(moved, now);
        }
        return Math.max(1, Math.min(most, wanted));
    }

    private void begin(long moved, long from) {
        before = moved;
        since = from;
    }

    private void measured(double rate, int most, long left, long now) {
        boolean added = rateBefore > 0;
        if (added && rate < rateBefore * PAYS) {
            notBefore = now + AGAIN.toNanos();
            wanted--;
        }
        rateBefore = 0;
        if (wanted < most && now - notBefore >= 0 && left > rate * WORTHWHILE.toNanos()) {
            rateBefore = rate;
            wanted++;
        }
    }
}
