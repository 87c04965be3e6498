package dev.offsite.transfer;

import java.io.InterruptedIOException;

/** How many uploads to one target go on at a time, and how many may where the job leaves that to the link. */
final class UploadSlots {

    private static final int SHORT_LINK = 4;

    private int taken;

    /** How many pay on that link; as many as the job allows where it is long. */
    static int on(Link link) {
        return link.isLong() ? Integer.MAX_VALUE : SHORT_LINK;
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
