package dev.offsite.transfer;

import java.time.Duration;

/**
 * What there is between us and a server.
 *
 * @param roundTrip how long it takes to answer
 * @param largeWrites whether it tells how much it takes in one request, which is more than it must
 */
record Link(Duration roundTrip, boolean largeWrites) {

    private static final Duration LONG = Duration.ofMillis(5);

    /** Whether more connections gain more than their logins cost: on a shorter link a few keep both ends busy. */
    boolean isLong() {
        return roundTrip.compareTo(LONG) >= 0;
    }
}
