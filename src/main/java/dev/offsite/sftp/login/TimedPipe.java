package dev.offsite.sftp.login;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What one thread writes, another reads, with the timeout of a socket, which the pipes of Java do not have. */
final class TimedPipe extends InputStream {

    private static final int SIZE = 256 << 10;

    /** A wait without a timeout of its own ends, too; keep-alives notice a dead connection long before. */
    private static final Duration MOST_WAIT = Duration.ofMinutes(30);

    private final Duration mostWait;
    private final byte[] ring = new byte[SIZE];
    private int from;
    private int length;
    private boolean ended;
    private boolean closed;
    private int timeoutMillis;

    TimedPipe() {
        this(MOST_WAIT);
    }

    /** @param mostWait how long a write, or a read without a timeout of its own, waits */
    TimedPipe(Duration mostWait) {
        this.mostWait = mostWait;
    }

    /** Where to write. Closing it lets the reader come to the end of what was written. */
    OutputStream sink() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
                put(bytes, offset, count);
            }

            @Override
            public void close() {
                end();
            }
        };
    }

    synchronized void setTimeout(int millis) {
        timeoutMillis = millis;
    }

    private synchronized void put(byte[] bytes, int offset, int count) throws IOException {
        int done = 0;
        while (done < count) {
            long end = System.nanoTime() + mostWait.toNanos();
            while (length == SIZE && !closed) {
                await(millisUntil(end));
            }
            if (closed) {
                throw new IOException("the connection is closed");
            }
            int to = (from + length) % SIZE;
            int part = Math.min(Math.min(count - done, SIZE - length), SIZE - to);
            System.arraycopy(bytes, offset + done, ring, to, part);
            length += part;
            done += part;
            notifyAll();
        }
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public synchronized int read(byte[] bytes, int offset, int count) throws IOException {
        Objects.checkFromIndexSize(offset, count, bytes.length);
        if (count == 0) {
            return 0;
        }
        Duration most = timeoutMillis == 0 ? mostWait : Duration.ofMillis(timeoutMillis);
        long end = System.nanoTime() + most.toNanos();
        while (length == 0 && !ended && !closed) {
            await(millisUntil(end));
        }
        if (length == 0) {
            return -1;
        }
        int part = Math.min(Math.min(count, length), SIZE - from);
        System.arraycopy(ring, from, bytes, offset, part);
        from = (from + part) % SIZE;
        length -= part;
        notifyAll();
        return part;
    }

    private static long millisUntil(long end) throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
            throw new SocketTimeoutException("Read timed out");
        }
        return left;
    }

    @SuppressWarnings("WaitNotInLoop") // its callers loop
    private void await(long millis) throws IOException {
        try {
            wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    @Override
    public synchronized int available() {
        return length;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
