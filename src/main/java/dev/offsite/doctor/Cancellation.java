package dev.offsite.doctor;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stops a checkup early and lets it clean up, when the process is told to end. */
public final class Cancellation {

    private static final long MOST_SECONDS = 20;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean wanted;

    /** Fails with {@link CancellationException} if the checkup must stop */
    void check() {
        if (wanted) {
            throw new CancellationException("interrupted");
        }
    }

    /** Stops the checkup and waits until it has cleaned up; false if that takes too long. */
    public boolean stop() {
        wanted = true;
        try {
            return ended.await(MOST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public void ended() {
        ended.countDown();
    }
}
