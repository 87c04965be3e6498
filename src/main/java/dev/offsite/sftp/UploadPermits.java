package dev.offsite.sftp;

import java.io.InterruptedIOException;

/** How many uploads to one target go on at a time, and how many may where the job leaves that to the link. */
public final class UploadPermits {

    private static final int SHORT_LINK = 4;

    private int taken;

    /** How many pay on that link; as many as the job allows where it is long. */
    public static int on(LinkQuality link) {
        return link.isLong() ? Integer.MAX_VALUE : SHORT_LINK;
    }

    /**
     * Waits for a slot and takes it.
     *
     * @param most how many there are
     * @throws InterruptedIOException if this thread is interrupted meanwhile
     */
    public synchronized void take(int most) throws InterruptedIOException {
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
    public synchronized int taken() {
        return taken;
    }

    /** Gives one back. */
    public synchronized void give() {
        taken--;
        notifyAll();
    }
}
