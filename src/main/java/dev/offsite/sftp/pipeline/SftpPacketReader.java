package dev.offsite.sftp.pipeline;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
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
    private static final int MOST_WAITING = 8 << 20;

    private static final byte[] END = {};

    private final BlockingQueue<byte[]> whole = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private byte[] rest = {};

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer all = ByteBuffer.allocate(rest.length + length)
                .put(rest)
                .put(bytes, offset, length)
                .flip();
        while (all.remaining() >= Integer.BYTES) {
            int size = all.getInt(all.position());
            if (size < 1 || size > MAX_BYTES) {
                close();
                throw new IOException("the server sent something that is not an SFTP packet");
            }
            if (all.remaining() < Integer.BYTES + size) {
                break;
            }
            if (waiting.addAndGet(EACH + size) > MOST_WAITING) {
                close();
                throw new IOException("the server sends answers that nobody asked for");
            }
            all.getInt();
            byte[] packet = new byte[size];
            all.get(packet);
            whole.add(packet);
        }
        rest = Arrays.copyOfRange(all.array(), all.position(), all.limit());
    }

    @Override
    public void close() {
        whole.add(END);
    }

    /** The next packet without its length; fails if nothing arrives before the deadline. */
    public DataInputStream take(Duration deadline) throws IOException {
        try {
            byte[] packet = whole.poll(deadline.toMillis(), TimeUnit.MILLISECONDS);
            if (packet == null) {
                throw new IOException("the server did not answer within " + deadline.toSeconds() + " s");
            }
            if (packet == END) {
                whole.add(END);
                throw new IOException("the connection was lost");
            }
            waiting.addAndGet(-EACH - packet.length);
            return new DataInputStream(new ByteArrayInputStream(packet));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while the server was asked");
        }
    }
}
