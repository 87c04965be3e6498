package dev.offsite.sftp;

import java.io.InterruptedIOException;

/** Limits the number of simultaneous uploads to one target. */
public final class UploadPermits {

    private static final int SHORT_LINK = 4;

    private int taken;

    /** Maximum useful uploads on this link where the job sets no number; unlimited on a long link. */
    public static int on(LinkQuality link) {
        return link.isLong() ? Integer.MAX_VALUE : SHORT_LINK;
    }

    /** Waits for one of {@code most} permits. */
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

    public synchronized int taken() {
        return taken;
    }

    public synchronized void give() {
        taken--;
        notifyAll();
    }
}
