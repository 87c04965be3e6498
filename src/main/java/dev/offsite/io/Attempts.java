package dev.offsite.io;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.camel.util.function.ThrowingSupplier;

/** Tries something again until it succeeds. */
public final class Attempts {

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long MOST_PAUSE_MILLIS = 2000;

    private Attempts() {}

    /**
     * Tries at once, and then again after pauses that grow, until there is a result or the time is over.
     *
     * @param most how long
     * @param worthwhile whether another attempt may succeed
     * @return the result; empty if there was none within that time, or the thread was interrupted
     */
    public static <T, E extends Exception> Optional<T> within(
            Duration most, BooleanSupplier worthwhile, ThrowingSupplier<Optional<T>, E> attempt) throws E {
        long end = System.nanoTime() + most.toNanos();
        long millis = FIRST_PAUSE_MILLIS;
        Optional<T> result = attempt.get();
        while (result.isEmpty() && worthwhile.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            if (Thread.currentThread().isInterrupted()) {
                break;
            }
            millis = Math.min(MOST_PAUSE_MILLIS, millis * 2);
            result = attempt.get();
        }
        return result;
    }
}
