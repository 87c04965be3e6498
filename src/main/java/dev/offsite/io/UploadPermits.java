package dev.offsite.io;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntSupplier;

/** Limits the number of simultaneous uploads to one target. */
public final class UploadPermits {

    private final Activity activity;
    private int taken;
    /** Those who have one that they take only once. */
    private final Set<Object> holders = new HashSet<>();

    public UploadPermits(Activity activity) {
        this.activity = activity;
    }

    /** Waits for one of {@code most} permits. */
    public synchronized void take(int most) throws IOException {
        activity.await(this, () -> taken < most, "other uploads had their turn");
        taken++;
    }

    /** Waits for one of {@code most}, unless the holder has one. */
    public void takeOnce(Object holder, IntSupplier most) throws IOException {
        synchronized (this) {
            if (holders.contains(holder)) {
                return;
            }
        }
        take(most.getAsInt());
        synchronized (this) {
            holders.add(holder);
        }
    }

    /** Gives back what was {@link #takeOnce taken once}, if it was. */
    public synchronized void giveBack(Object holder) {
        if (holders.remove(holder)) {
            give();
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
