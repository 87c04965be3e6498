package dev.offsite.io;

import java.io.IOException;

/** Limits the number of simultaneous uploads to one target. */
public final class UploadPermits {

    private final Activity activity;
    private int taken;

    public UploadPermits(Activity activity) {
        this.activity = activity;
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
