package dev.offsite.bandwidth;

import dev.offsite.cluster.SharedRate;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * This node's part of a limit that all nodes share, for all of its streams. It takes time of the limit in advance, so that
 * the database is asked a few times a second and not for each buffer.
 */
final class NodeShare {

    /** After a pause, little may be needed; what is taken and not used is lost for all. */
    private static final long LEAST = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long MOST = TimeUnit.MILLISECONDS.toNanos(250);

    /** What was taken is not used any more after that. */
    private static final long KEPT = TimeUnit.SECONDS.toNanos(1);

    private final SharedRate rate;
    private final TimeMeter meter;
    private final BlockingStrategy waiting;
    /** Streams take turns. */
    private final ReentrantLock turns = new ReentrantLock(true);

    private long batch = LEAST;
    private long left;
    /** Taken, and to be used from then on. */
    private long ahead;

    private long aheadFrom;
    private long used;

    NodeShare(SharedRate rate, TimeMeter meter, BlockingStrategy waiting) {
        this.rate = rate;
        this.meter = meter;
        this.waiting = waiting;
        this.used = meter.currentTimeNanos();
    }

    /** Waits until these bytes may pass at that rate. */
    void pass(long bytes, long bytesPerSecond) throws InterruptedException {
        long time = (long) Math.ceil(bytes * 1e9 / bytesPerSecond);
        turns.lockInterruptibly();
        try {
            forget();
            while (left < time) {
                if (ahead == 0) {
                    take(Math.max(batch, time - left));
                }
                long wait = aheadFrom - meter.currentTimeNanos();
                if (wait > 0) {
                    waiting.park(wait);
                }
                left += ahead;
                ahead = 0;
            }
            left -= time;
            used = meter.currentTimeNanos();
            if (left < batch / 2 && ahead == 0) {
                batch = Math.min(MOST, batch * 2);
                take(batch);
            }
        } finally {
            turns.unlock();
        }
    }

    private void forget() {
        if (meter.currentTimeNanos() - Math.max(used, aheadFrom) > KEPT) {
            left = 0;
            ahead = 0;
            batch = LEAST;
        }
    }

    private void take(long nanos) {
        Duration wait = rate.take(Duration.ofNanos(nanos));
        aheadFrom = meter.currentTimeNanos() + wait.toNanos();
        ahead = nanos;
    }
}
