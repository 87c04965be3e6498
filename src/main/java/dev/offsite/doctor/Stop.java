package dev.offsite.doctor;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets a checkup end early and clean up behind itself, when the process is told to end. */
public final class Stop {

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

    /** Stops what runs, and waits until it has cleaned up, or too long. */
    public void stop() {
        wanted = true;
        try {
            boolean inTime = ended.await(MOST_SECONDS, TimeUnit.SECONDS);
            assert inTime : "what is left behind is named by the next checkup";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All is cleaned up. */
    public void ended() {
        ended.countDown();
    }
}
