package dev.offsite.sftp;

import java.io.IOException;
import java.time.Duration;

/**
 * What is known about the link to a server.
 *
 * @param roundTrip how long the server takes to answer
 * @param largeWrites whether the server reports a larger maximum write than the protocol requires
 * @param narrow whether a channel takes less at a time than JSch, and so camel-ftp, writes
 */
public record LinkQuality(Duration roundTrip, boolean largeWrites, boolean narrow) {

    /** Before the first login. */
    static final LinkQuality UNKNOWN = new LinkQuality(Duration.ZERO, false, false);

    /** Larger than OpenSSH's channel window of 2 MiB, so that OpenSSH sets the limit. */
    private static final long LONG_WINDOW = 4 << 20;

    /** More would only fill the server's memory and slow it down. */
    private static final long SHORT_WINDOW = 512 << 10;

    private static final int SHORT_LINK_UPLOADS = 4;

    private static final Duration LONG = Duration.ofMillis(5);

    /** More than a busy server nearby takes to start its SFTP. */
    private static final Duration SURELY_LONG = Duration.ofMillis(20);

    /** The link of a new session. One that seems long is measured once more, as the server may only have been busy. */
    static LinkQuality measured(SftpChannels channels) {
        LinkQuality seen = channels.link();
        boolean surely = seen.roundTrip.compareTo(SURELY_LONG) >= 0
                && channels.startOfPipeline().compareTo(SURELY_LONG) >= 0;
        if (!seen.isLong() || surely) {
            return seen;
        }
        long before = System.nanoTime();
        try {
            channels.ping();
        } catch (IOException e) {
            // Only the time matters, not the answer.
        }
        Duration again = Duration.ofNanos(System.nanoTime() - before);
        return again.compareTo(seen.roundTrip) < 0 ? new LinkQuality(again, seen.largeWrites, seen.narrow) : seen;
    }

    /** Bytes of a file that may be in flight on one connection. */
    long window() {
        return isLong() ? LONG_WINDOW : SHORT_WINDOW;
    }

    /** Whether more connections gain more than their logins cost. On a short link a few are enough. */
    public boolean isLong() {
        return roundTrip.compareTo(LONG) >= 0;
    }

    /** Maximum useful uploads where the job sets no number; unlimited on a long link. */
    public int uploads() {
        return isLong() ? Integer.MAX_VALUE : SHORT_LINK_UPLOADS;
    }
}
