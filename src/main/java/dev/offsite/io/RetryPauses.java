package dev.offsite.io;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Pauses before a lost connection is made again: each about twice as long as the last, until something moves again. */
public final class RetryPauses {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Without any progress: half a minute in all. */
    private static final int MOST = 6;

    private int since;

    /**
     * Waits before another attempt.
     *
     * @param moved whether anything has moved since the last call; then it begins anew
     * @return false if nothing has moved for too long; then it does not wait
     */
    public boolean await(boolean moved) throws InterruptedException {
        since = moved ? 0 : since;
        if (since == MOST) {
            return false;
        }
        long most = Math.min(LONGEST.toMillis(), FIRST.toMillis() << since++);
        // Not all at the same time.
        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
        return true;
    }
}
