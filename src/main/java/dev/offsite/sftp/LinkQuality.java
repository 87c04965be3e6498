package dev.offsite.sftp;

import java.time.Duration;

/**
 * What there is between us and a server.
 *
 * @param roundTrip how long it takes to answer
 * @param largeWrites whether it tells how much it takes in one request, which is more than it must
 */
public record LinkQuality(Duration roundTrip, boolean largeWrites) {

    /** Nobody has looked yet. */
    static final LinkQuality UNKNOWN = new LinkQuality(Duration.ZERO, false);

    /** More than OpenSSH's window of 2 MiB holds, so that this is the bound. */
    private static final long LONG_WINDOW = 4 << 20;

    /** More would only wait in the memory of the server, and cost it time to move about. */
    private static final long SHORT_WINDOW = 512 << 10;

    private static final Duration LONG = Duration.ofMillis(5);

    /** Bytes of a file that may be on their way over one connection. */
    long window() {
        return isLong() ? LONG_WINDOW : SHORT_WINDOW;
    }

    /** Whether more connections gain more than their logins cost: on a shorter link a few keep both ends busy. */
    public boolean isLong() {
        return roundTrip.compareTo(LONG) >= 0;
    }
}
