package dev.offsite.io;

import java.time.Duration;
import java.util.Random;

/** The pauses between attempts to reach a server: growing, and never quite the same, so that many clients do not come at once. */
public final class RetryPauses {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration MOST = Duration.ofMinutes(1);

    private final Random random;
    private Duration next = FIRST;

    public RetryPauses(Random random) {
        this.random = random;
    }

    /** Begins with short ones again. */
    public void reset() {
        next = FIRST;
    }

    /** Between a half and the whole of the longest that it may be now. */
    public Duration next() {
        long nanos = next.toNanos();
        Duration doubled = next.multipliedBy(2);
        next = doubled.compareTo(MOST) > 0 ? MOST : doubled;
        return Duration.ofNanos(nanos / 2 + (long) (random.nextDouble() * nanos / 2));
    }
}
