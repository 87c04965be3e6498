package dev.offsite.bandwidth;

import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Slows streams down so that together they respect a set of {@link RateLimiter}s; each byte passes all of them. Several
 * streams and connections may share one.
 */
public final class Throttle {

    private final List<RateLimiter> limiters;
    private final Runnable alive;

    Throttle(List<RateLimiter> limiters) {
        this(List.copyOf(limiters), () -> {});
    }

    private Throttle(List<RateLimiter> limiters, Runnable alive) {
        this.limiters = limiters;
        this.alive = alive;
    }

    /** Calls {@code sign} for all bytes, and while they wait. */
    public Throttle telling(Runnable sign) {
        return new Throttle(limiters, sign);
    }

    public boolean limits() {
        return !limiters.isEmpty();
    }

    /**
     * Waits until the bytes of a read or write may pass before it reports them. An
     * interrupt while waiting throws {@link UncheckedIOException}: the bytes are lost, so the file must be read again.
     */
    public LongConsumer before(LongConsumer progress) {
        return bytes -> {
            alive.run();
            pass(bytes);
            progress.accept(bytes);
        };
    }

    private void pass(long bytes) {
        try {
            for (long left = limits() ? bytes : 0; left > 0; ) {
                // Slice by slice through all limiters, or each would be idle while another is waited for.
                long slice = left;
                for (RateLimiter limiter : limiters) {
                    slice = Math.min(slice, limiter.slice());
                }
                for (RateLimiter limiter : limiters) {
                    limiter.pass(slice);
                }
                left -= slice;
                alive.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(
                    new InterruptedIOException("interrupted while it waited for the bandwidth limit"));
        }
    }
}
