package dev.offsite.support;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Whatever is written to it goes on later, in order; the writer need not wait. */
final class LongLink extends OutputStream {
    private record Late(long dueNanos, ByteBuffer bytes) {}

    private final BlockingQueue<Late> underWay = new LinkedBlockingQueue<>(4096);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Socket to;
    private final long delayNanos;

    LongLink(Socket to, long delayNanos) {
        this.to = to;
        this.delayNanos = delayNanos;
        Thread thread = new Thread(this::deliverQuietly, "long link");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Late late = new Late(
                System.nanoTime() + delayNanos, ByteBuffer.wrap(Arrays.copyOfRange(bytes, offset, offset + length)));
        try {
            while (!underWay.offer(late, 1, TimeUnit.SECONDS)) {
                if (to.isClosed()) {
                    throw new IOException("closed");
                }
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** Waits until all has arrived. */
    @Override
    public void flush() throws IOException {
        write(new byte[0], 0, 0);
        try {
            while (!to.isClosed() && !ended.await(1, TimeUnit.SECONDS)) {
                // Not there yet.
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void deliverQuietly() {
        try {
            deliver();
        } catch (IOException e) {
            // The connection has ended.
        }
    }

    private void deliver() throws IOException {
        try {
            while (!to.isClosed()) {
                Late late = underWay.poll(1, TimeUnit.SECONDS);
                if (late != null) {
                    TimeUnit.NANOSECONDS.sleep(late.dueNanos() - System.nanoTime());
                    to.getOutputStream().write(late.bytes().array());
                    if (!late.bytes().hasRemaining()) {
                        ended.countDown();
                    }
                }
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
