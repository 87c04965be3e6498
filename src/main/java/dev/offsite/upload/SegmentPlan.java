package dev.offsite.upload;

import dev.offsite.sftp.LinkQuality;
import java.time.Duration;

/** Whether a file goes over several connections at once, and over how many. */
public final class SegmentPlan {

    /** Below that, the logins of more connections cost what they gain. */
    static final long LARGE = 64L << 20;

    /** With a slower answer, one connection does not fill the link. */
    static final Duration LONG = Duration.ofMillis(10);

    /** On a shorter link, so many keep both ends busy. */
    static final int SHORT_LINK = 3;

    private SegmentPlan() {}

    /**
     * Whether it is worth it. One connection carries no more than its window in each round trip (2 MiB with OpenSSH). On a
     * short link the processors are the bound: there several connections share the work of the ciphers, but only large
     * writes, of which there are fewer, pay for what that costs.
     *
     * @param size of the file, in bytes
     * @param parallel how many connections the job may have for uploads
     */
    public static boolean worthwhile(long size, LinkQuality link, int parallel) {
        return mayBeWorthwhile(size, parallel) && (isLong(link) || link.largeWrites());
    }

    private static boolean isLong(LinkQuality link) {
        return link.roundTrip().compareTo(LONG) >= 0;
    }

    /** What can be said of it before the link is known. */
    public static boolean mayBeWorthwhile(long size, int parallel) {
        return size >= LARGE && parallel > 1;
    }

    /** How many connections a file of that size would have if it were the only one. */
    public static int lanes(long size, int parallel, LinkQuality link) {
        return worthwhile(size, link, parallel) ? lanes(parallel, link, 1) : 1;
    }

    /**
     * How many connections one file may have now: its share, so that all uploads together have no more than the job may.
     *
     * @param uploads on their way now, this one among them
     */
    public static int lanes(int parallel, LinkQuality link, int uploads) {
        int most = isLong(link) ? parallel : Math.min(parallel, SHORT_LINK);
        return Math.max(1, most / Math.max(1, uploads));
    }
}
