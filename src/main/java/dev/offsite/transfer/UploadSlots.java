package dev.offsite.transfer;

import java.io.InterruptedIOException;
import java.time.Duration;

/** How many uploads to one target go on at a time, and how many may where the job leaves that to the link. */
final class UploadSlots {

    /** On a shorter link a few connections keep both ends busy, and each more costs a login. */
    private static final Duration LONG = Duration.ofMillis(5);

    private static final int SHORT_LINK = 4;

    private int taken;

    /** How many pay on a link with that round trip; as many as the job allows where it is long. */
    static int on(Duration roundTrip) {
        return roundTrip.compareTo(LONG) < 0 ? SHORT_LINK : Integer.MAX_VALUE;
    }

    /**
     * Waits for a slot and takes it.
     *
     * @param most how many there are
     * @throws InterruptedIOException if this thread is interrupted meanwhile
     */
    synchronized void take(int most) throws InterruptedIOException {
        try {
            while (taken >= most) {
                wait();
            }
            taken++;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted before it was its turn");
        }
    }

    /** How many are taken now. */
    synchronized int taken() {
        return taken;
    }

    /** Gives one back. */
    synchronized void give() {
        taken--;
        notifyAll();
    }
}
