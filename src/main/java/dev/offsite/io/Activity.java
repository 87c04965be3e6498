package dev.offsite.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The signs of life of work that may take hours, such as the uploads to one target. A wait for that work lasts as long
 * as there are any, and ends some time after the last one.
 */
public final class Activity {

    /** How long nothing may move. Requests and logins give up long before, each with its own reason. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private static final Duration STEP = Duration.ofSeconds(1);

    private final LongSupplier nanos;
    private final Duration patience;
    private final Duration step;
    /** When silence becomes a failure. */
    private final AtomicLong deadline = new AtomicLong();

    public Activity() {
        this(System::nanoTime, PATIENCE, STEP);
    }

    /** {@code step} is the time between two looks. */
    public Activity(LongSupplier nanos, Duration patience, Duration step) {
        this.nanos = nanos;
        this.patience = patience;
        this.step = step;
        this.deadline.set(nanos.getAsLong() + patience.toNanos());
    }

    /** Something moved. */
    public void sign() {
        expect(Duration.ZERO);
    }

    /** Something begins that has a deadline of its own, and may be silent until then. */
    public void expect(Duration silence) {
        long until = nanos.getAsLong() + silence.toNanos() + patience.toNanos();
        // Called for every buffer, so it writes only once a step.
        if (until - deadline.get() > step.toNanos()) {
            deadline.accumulateAndGet(until, (a, b) -> a - b > 0 ? a : b);
        }
    }

    /** Whether nothing has moved for too long. */
    public boolean isStill() {
        return nanos.getAsLong() - deadline.get() > 0;
    }

    /** The result; fails if nothing moves any more. {@code what} completes "nothing moved for 30 minutes while …". */
    public <T> T await(Future<T> result, String what) throws ExecutionException, IOException {
        try {
            await((Look) millis -> isDone(result, millis), what);
            return result.get(0, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            throw interrupted(what);
        }
    }

    private static boolean isDone(Future<?> result, long millis) throws InterruptedException {
        try {
            result.get(millis, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | CancellationException e) {
            return true;
        }
    }

    /** Waits until a condition holds that others change and then call {@code monitor.notifyAll()}. */
    public void await(Object monitor, BooleanSupplier condition, String what) throws IOException {
        sign();
        synchronized (monitor) {
            try {
                while (!condition.getAsBoolean()) {
                    check(what);
                    monitor.wait(step.toMillis());
                }
            } catch (InterruptedException e) {
                throw interrupted(what);
            }
        }
    }

    /** One bounded wait. */
    @FunctionalInterface
    public interface Look {
        /** Waits at most that long; returns whether the wait is over. */
        boolean within(long millis) throws InterruptedException;
    }

    /** Waits until {@code look} returns true. */
    public void await(Look look, String what) throws IOException {
        sign();
        try {
            while (!look.within(step.toMillis())) {
                check(what);
            }
        } catch (InterruptedException e) {
            throw interrupted(what);
        }
    }

    private void check(String what) throws IOException {
        if (isStill()) {
            throw new IOException("nothing moved for %d minutes while %s".formatted(patience.toMinutes(), what));
        }
    }

    private static InterruptedIOException interrupted(String what) {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted while " + what);
    }
}
