package dev.offsite.upload;

import dev.offsite.sftp.LinkQuality;
import java.time.Duration;

/** Decides over how many connections a file is sent. */
public final class SegmentPlan {

    /** For smaller files, the extra logins cost what they gain. */
    static final long LARGE = 64L << 20;

    /** From this round trip on, one connection does not fill the link. */
    static final Duration LONG = Duration.ofMillis(10);

    /** On a shorter link, so many connections are enough. */
    static final int SHORT_LINK = 3;

    private SegmentPlan() {}

    /**
     * Whether several connections pay off. One carries at most its window per round trip (2 MiB with OpenSSH). On a
     * short link the processors are the limit: several connections share the encryption, but that only pays with large
     * writes, of which fewer are needed.
     *
     * @param size in bytes
     * @param parallel how many upload connections the job may use
     */
    public static boolean worthwhile(long size, LinkQuality link, int parallel) {
        return mayBeWorthwhile(size, parallel) && (isLong(link) || link.largeWrites());
    }

    private static boolean isLong(LinkQuality link) {
        return link.roundTrip().compareTo(LONG) >= 0;
    }

    /** Whether it may pay off, before the link is known. */
    public static boolean mayBeWorthwhile(long size, int parallel) {
        return size >= LARGE && parallel > 1;
    }

    /** How many connections a file of this size would get if it were the only one. */
    public static int lanes(long size, int parallel, LinkQuality link) {
        return lanes(size, parallel, link, 1);
    }

    /** How many connections one of {@code uploads} may use now, so that together they stay within the job's limit. */
    public static int lanes(long size, int parallel, LinkQuality link, int uploads) {
        return worthwhile(size, link, parallel) ? lanes(parallel, link, uploads) : 1;
    }

    private static int lanes(int parallel, LinkQuality link, int uploads) {
        int most = isLong(link) ? parallel : Math.min(parallel, SHORT_LINK);
        return Math.max(1, most / Math.max(1, uploads));
    }
}
