package dev.offsite.transfer;

import java.time.Duration;

/** Whether a file goes over several connections at once, and over how many. */
final class SegmentPlan {

    /** Below that, the logins of more connections cost what they gain. */
    static final long LARGE = 64L << 20;

    /** With a quicker answer, one connection is as fast as several, or faster. */
    static final Duration LONG = Duration.ofMillis(10);

    private SegmentPlan() {}

    /**
     * Whether it is worth it. One connection carries no more than its window in each round trip (2 MiB with OpenSSH).
     *
     * @param size of the file, in bytes
     * @param roundTrip of the link
     * @param parallel how many connections the job may have for uploads
     */
    static boolean worthwhile(long size, Duration roundTrip, int parallel) {
        return mayBeWorthwhile(size, parallel) && roundTrip.compareTo(LONG) >= 0;
    }

    /** What can be said of it before the round trip is known. */
    static boolean mayBeWorthwhile(long size, int parallel) {
        return size >= LARGE && parallel > 1;
    }

    /**
     * How many connections one file may have now: its share, so that all uploads together have no more than the job may.
     *
     * @param uploads on their way now, this one among them
     */
    static int lanes(int parallel, int uploads) {
        return Math.max(1, parallel / Math.max(1, uploads));
    }
}
