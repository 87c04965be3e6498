package dev.offsite.sftp.pipeline;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Splits the server's output into packets: JSch's thread writes, ours reads. JSch's own pipe breaks when the thread
 * that last read from it has ended.
 */
public final class SftpPacketReader extends OutputStream {

    /** Longer than any reply to {@link SftpPipeline}. */
    private static final int MAX_BYTES = 256 * 1024;

    /** Bytes of memory that a packet takes besides its own. */
    private static final int EACH = 64;

    /** More than all replies to the requests that may be in flight. */
    private static final int MOST_WAITING = 16 << 20;

    /** Smaller packets are not worth keeping. */
    private static final int LARGE = 64 << 10;

    private static final int MOST_SPARE = 32;

    private static final byte[] END = {};

    private static final String NO_PACKET = "the server sent something that is not an SFTP packet";

    private final BlockingQueue<byte[]> whole = new LinkedBlockingQueue<>();
    private final Queue<byte[]> spare = new ArrayBlockingQueue<>(MOST_SPARE);
    private final AtomicInteger waiting = new AtomicInteger();
    private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
    /** Why nothing more comes, once that is so. */
    private volatile String end = "the connection was lost";
    /** What has come of the next packet; null before its length is known. */
    private ByteBuffer packet;

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int size) throws IOException {
        ByteBuffer from = ByteBuffer.wrap(bytes, offset, size);
        while (from.hasRemaining()) {
            if (packet == null) {
                fill(length, from);
                if (length.hasRemaining()) {
                    return;
                }
                packet = ByteBuffer.wrap(memory(size(length.flip().getInt())));
                length.clear();
            }
            fill(packet, from);
            if (!packet.hasRemaining()) {
                whole.add(packet.array());
                packet = null;
            }
        }
    }

    private byte[] memory(int bytes) {
        byte[] used = bytes < LARGE ? null : spare.poll();
        return used != null && used.length == bytes ? used : new byte[bytes];
    }

    /** Keeps a large packet, which nobody looks at any more, for another one of its length. */
    void reuse(byte[] taken) {
        if (taken.length >= LARGE) {
            spare.offer(taken);
        }
    }

    private static void fill(ByteBuffer to, ByteBuffer from) {
        int some = Math.min(to.remaining(), from.remaining());
        to.put(from.slice().limit(some));
        from.position(from.position() + some);
    }

    private int size(int announced) throws IOException {
        if (announced < 1 || announced > MAX_BYTES) {
            end = NO_PACKET;
            close();
            throw new IOException(NO_PACKET);
        }
        if (waiting.addAndGet(EACH + announced) > MOST_WAITING) {
            close();
            throw new IOException("the server sends answers that nobody asked for");
        }
        return announced;
    }

    @Override
    public void close() {
        whole.add(END);
    }

    /** Whether a packet has come that nobody has taken. */
    boolean isReady() {
        return !whole.isEmpty();
    }

    /** The next packet without its length; fails if nothing arrives before the deadline. */
    public byte[] take(Duration deadline) throws IOException {
        try {
            byte[] next = whole.poll(deadline.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new IOException("the server did not answer within " + deadline.toSeconds() + " s");
            }
            if (next == END) {
                whole.add(END);
                throw new IOException(end);
            }
            waiting.addAndGet(-EACH - next.length);
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the server was asked");
        }
    }
}
