package dev.offsite.transfer;

import java.time.Duration;

/**
 * What there is between us and a server.
 *
 * @param roundTrip how long it takes to answer
 * @param largeWrites whether it tells how much it takes in one request, which is more than it must
 */
record Link(Duration roundTrip, boolean largeWrites) {}
