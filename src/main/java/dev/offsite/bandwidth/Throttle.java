package dev.offsite.bandwidth;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Slows streams down so that together they respect a set of {@link RateLimiter}s; each byte passes all of them. Several
 * streams and connections may share one.
 */
public final class Throttle {

    /** No limit, and no overhead. */
    public static final Throttle NONE = new Throttle(List.of());

    private final List<RateLimiter> limiters;

    Throttle(List<RateLimiter> limiters) {
        this.limiters = List.copyOf(limiters);
    }

    public boolean limits() {
        return !limiters.isEmpty();
    }

    /**
     * A stream whose reads wait until the bytes may pass; without a limit, the stream itself. An interrupted read
     * throws {@link InterruptedIOException} and loses its bytes, so the file must be read again.
     */
    public InputStream limited(InputStream in) {
        return limiters.isEmpty() ? in : new Limited(in);
    }

    /** A stream whose writes wait until the bytes may pass; without a limit, the stream itself. */
    public OutputStream limited(OutputStream out) {
        return limiters.isEmpty()
                ? out
                : new FilterOutputStream(out) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        pass(length);
                        out.write(bytes, offset, length);
                    }

                    @Override
                    public void write(int b) throws IOException {
                        pass(1);
                        out.write(b);
                    }
                };
    }

    /**
     * Waits for the reported bytes before it passes the report on; without a limit, the consumer itself. An interrupt
     * while waiting throws {@link UncheckedIOException}.
     */
    public LongConsumer before(LongConsumer progress) {
        return limiters.isEmpty()
                ? progress
                : bytes -> {
                    try {
                        pass(bytes);
                    } catch (InterruptedIOException e) {
                        throw new UncheckedIOException(e);
                    }
                    progress.accept(bytes);
                };
    }

    private void pass(long bytes) throws InterruptedIOException {
        try {
            for (long left = bytes; left > 0; ) {
                // Slice by slice through all limiters, or each would be idle while another is waited for.
                long slice = left;
                for (RateLimiter limiter : limiters) {
                    slice = Math.min(slice, limiter.slice());
                }
                for (RateLimiter limiter : limiters) {
                    limiter.pass(slice);
                }
                left -= slice;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while it waited for the bandwidth limit");
        }
    }

    private final class Limited extends FilterInputStream {

        Limited(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            if (b >= 0) {
                pass(1);
            }
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = in.read(buffer, offset, length);
            if (n > 0) {
                pass(n);
            }
            return n;
        }
    }
}
