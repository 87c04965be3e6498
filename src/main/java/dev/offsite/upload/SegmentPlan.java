package dev.offsite.upload;

import dev.offsite.sftp.LinkQuality;

/**
 * Over how many connections a file is sent.
 *
 * @param first before anything is measured
 * @param most that it may use now
 * @param size of the file in bytes
 */
public record SegmentPlan(int first, int most, long size) {

    /** For smaller files, the extra logins cost what they gain. */
    static final long LARGE = 64L << 20;

    /** On a short link, where the processors are the limit, so many connections share the encryption. */
    static final int SHORT_LINK = 3;

    /** Bytes per second that a line may carry: to begin with, connections for that many. */
    private static final double FAST = 256 << 20;

    /** One connection carries so many bytes per round trip: OpenSSH's channel window. */
    private static final double WINDOW = 2 << 20;

    private static final double NANOS = 1e9;

    /**
     * Several connections may pay off for a large file: the longer the link, the more to begin with. On a short one, only large writes,
     * of which fewer are needed, make them pay at once.
     *
     * @param size in bytes
     * @param parallel how many upload connections the job may use
     * @param uploads how many files share them now
     */
    public static SegmentPlan of(long size, int parallel, LinkQuality link, int uploads) {
        if (!mayBeWorthwhile(size, parallel)) {
            return new SegmentPlan(1, 1, size);
        }
        int most = Math.max(1, (link.isLong() ? parallel : Math.min(parallel, SHORT_LINK)) / Math.max(1, uploads));
        int filling = (int) Math.ceil(link.roundTrip().toNanos() / NANOS * FAST / WINDOW);
        int first = Math.max(filling, link.largeWrites() && !link.isLong() ? SHORT_LINK : 1);
        return new SegmentPlan(Math.min(first, most), most, size);
    }

    /** Whether several may pay off, before the link is known. */
    public static boolean mayBeWorthwhile(long size, int parallel) {
        return size >= LARGE && parallel > 1;
    }
}
