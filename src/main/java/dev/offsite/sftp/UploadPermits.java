package dev.offsite.sftp;

import dev.offsite.io.Activity;
import java.io.IOException;

/** Limits the number of simultaneous uploads to one target. */
public final class UploadPermits {

    private static final int SHORT_LINK = 4;

    private final Activity activity;
    private int taken;

    UploadPermits(Activity activity) {
        this.activity = activity;
    }

    /** Maximum useful uploads on this link where the job sets no number; unlimited on a long link. */
    public static int on(LinkQuality link) {
        return link.isLong() ? Integer.MAX_VALUE : SHORT_LINK;
    }

    /** Waits for one of {@code most} permits. */
    public synchronized void take(int most) throws IOException {
        activity.await(this, () -> taken < most, "other uploads had their turn");
        taken++;
    }

    public synchronized int taken() {
        return taken;
    }

    public synchronized void give() {
        taken--;
        notifyAll();
    }
}
