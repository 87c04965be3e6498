package dev.offsite.age;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javax.crypto.SecretKey;

/** Encrypts a file while it is read: its header, then its chunks, some of them at a time in other threads. */
public final class AgeInputStream extends InputStream {

    /** Chunks that are encrypted ahead: two threads are always busy, and 512 KiB of memory enough. */
    private static final int AHEAD = 4;

    private final InputStream content;
    private final SecretKey key;
    private final Executor threads;
    private final Queue<CompletableFuture<byte[]>> ahead = new ArrayDeque<>();
    private byte[] now;
    private int place;
    /** What was read and is not yet known to be the last; null after the last. */
    private byte[] next;

    private int nextLength;
    private long number;

    public AgeInputStream(InputStream content, AgeKey key, Executor threads) throws IOException {
        this.content = content;
        this.key = key.cipherKey();
        this.threads = threads;
        this.now = key.header();
        readNext();
    }

    private void readNext() throws IOException {
        next = new byte[AgeChunk.CONTENT];
        nextLength = content.readNBytes(next, 0, next.length);
    }

    /** Begins with as many chunks as may be ahead. */
    private void fill() throws IOException {
        while (next != null && ahead.size() < AHEAD) {
            byte[] bytes = next;
            int length = nextLength;
            boolean last = length < AgeChunk.CONTENT;
            if (!last) {
                readNext();
                last = nextLength == 0;
            }
            if (last) {
                next = null;
            }
            long which = number++;
            boolean end = last;
            ahead.add(CompletableFuture.supplyAsync(() -> seal(which, end, bytes, length), threads));
        }
    }

    private byte[] seal(long which, boolean end, byte[] bytes, int length) {
        byte[] sealed = new byte[length + AgeChunk.TAG];
        try {
            ChunkCipher.encrypting(key).run(which, end, bytes, length, sealed);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (place == now.length) {
            fill();
            CompletableFuture<byte[]> first = ahead.poll();
            if (first == null) {
                return -1;
            }
            try {
                now = first.join();
            } catch (CompletionException e) {
                throw new IOException(String.valueOf(e.getCause()), e.getCause());
            }
            place = 0;
        }
        int some = Math.min(length, now.length - place);
        System.arraycopy(now, place, to, offset, some);
        place += some;
        return some;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
