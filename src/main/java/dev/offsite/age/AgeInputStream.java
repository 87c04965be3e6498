package dev.offsite.age;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import javax.crypto.SecretKey;

/**
 * Encrypts a file while it is read: its header, then its chunks. Where the cipher is slow, the thread that reads and one other encrypt them; a file
 * of few chunks is encrypted by the one that reads. Needs 512 KiB of memory at most.
 */
public final class AgeInputStream extends InputStream {

    /** Whether Java has no instructions of the processor for this cipher; with them, waking another thread costs more. */
    private static final boolean SLOW = Runtime.version().feature() < 21;

    private final InputStream content;
    private final SecretKey key;
    private final Executor threads;
    /** What is given out now: the header, then one chunk after another. */
    private byte[] now;

    private int place;
    private int length;
    /** The chunks that are given out, the next ones, and which of the former is given out. */
    private ChunkBatch current;

    private ChunkBatch next;
    private int chunk;
    private ChunkBatch.Place read = new ChunkBatch.Place(0, 0);
    private boolean ended;
    private boolean failed;

    /** {@code threads} encrypt ahead of what is read. */
    public AgeInputStream(InputStream content, AgeKey key, Executor threads) {
        this.content = content;
        this.key = key.cipherKey();
        this.threads = threads;
        this.now = key.header();
        this.length = now.length;
        this.current = new ChunkBatch(this.key);
        this.next = new ChunkBatch(this.key);
    }

    @Override
    public int read(byte[] to, int offset, int most) throws IOException {
        if (most == 0) {
            return 0;
        }
        if (place == length) {
            ended = ended || !advance();
            if (ended) {
                return -1;
            }
        }
        int some = Math.min(most, length - place);
        System.arraycopy(now, place, to, offset, some);
        place += some;
        return some;
    }

    /** Whether there is another chunk. */
    private boolean advance() throws IOException {
        if (failed) {
            throw new IOException("it is closed, or could not be read before");
        }
        // Stays so unless all of this returns.
        failed = true;
        boolean more = true;
        if (read.chunks() == 0) {
            read = current.fill(content, read);
            readAhead();
        } else if (++chunk == current.size()) {
            ChunkBatch free = current;
            current = next;
            next = free;
            chunk = 0;
            more = current.size() > 0;
            readAhead();
        }
        if (more) {
            length = current.length(chunk);
            now = current.bytes(chunk);
            place = 0;
        }
        failed = false;
        return more;
    }

    private void readAhead() throws IOException {
        read = next.fill(content, read);
        if (next.size() > 0 && SLOW) {
            next.start(threads);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    /** Also ends what is encrypted ahead. */
    @Override
    public void close() throws IOException {
        failed = true;
        current.cancel();
        next.cancel();
        content.close();
    }
}
