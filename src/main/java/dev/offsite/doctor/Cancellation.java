package dev.offsite.doctor;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets a checkup end early and clean up behind itself, when the process is told to end. */
public final class Cancellation {

    private static final long MOST_SECONDS = 20;

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean wanted;

    /**
     * Asked for between two steps.
     *
     * @throws CancellationException if it is time to stop
     */
    void check() {
        if (wanted) {
            throw new CancellationException("interrupted");
        }
    }

    /** Stops what runs, and waits until it has cleaned up; false if that took too long. */
    public boolean stop() {
        wanted = true;
        try {
            return ended.await(MOST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** All is cleaned up. */
    public void ended() {
        ended.countDown();
    }
}
