package dev.offsite.download;

import java.time.Duration;

/**
 * How many bytes are worth asking for before they come, on one connection: twice as many as long as more comes for it, since
 * the bandwidth of a link is not known before; but not much more than fits on the way. Not thread-safe.
 */
final class RequestWindow {

    static final long LEAST = 2 << 20;

    /** Less than what a connection keeps at most. */
    static final long MOST = 10 << 20;

    /** A link that is full brings no more, whatever is asked for. */
    private static final double WORTHWHILE = 1.25;

    /**
     * The bandwidth times the round trip is what fits on the way. Twice as much, since small files take two round trips, and
     * twice that, since both vary.
     */
    private static final int SPARE = 4;

    private final long roundTripNanos;
    private long bytes = LEAST;
    private long since;
    private long came;
    /** Bytes per nanosecond. */
    private double best;

    /** {@code nanos}: the time now */
    RequestWindow(Duration roundTrip, long nanos) {
        this.roundTripNanos = roundTrip.toNanos();
        this.since = nanos;
    }

    long bytes() {
        return bytes;
    }

    /** {@code nanos}: the time now */
    void arrived(int some, long nanos) {
        came += some;
        if (came < bytes || nanos == since) {
            return;
        }
        double rate = (double) came / (nanos - since);
        if (rate > best * WORTHWHILE) {
            best = rate;
            long fits = (long) (SPARE * rate * roundTripNanos);
            bytes = Math.max(LEAST, Math.min(Math.min(MOST, fits), 2 * bytes));
        }
        came = 0;
        since = nanos;
    }
}
