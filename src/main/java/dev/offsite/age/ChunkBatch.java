package dev.offsite.age;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.SecretKey;

/**
 * Some chunks that are encrypted together, in place: each by whichever thread comes to it first. Used again for later
 * chunks of the same file.
 */
final class ChunkBatch {

    /** So many that handing them to another thread costs little beside encrypting them. */
    static final int CHUNKS = 4;

    /** A chunk takes less than a millisecond. */
    private static final int PATIENCE_MINUTES = 10;

    private final SecretKey key;
    private final List<Slot> slots = new ArrayList<>();
    private List<FutureTask<Integer>> tasks = List.of();

    ChunkBatch(SecretKey key) {
        this.key = key;
    }

    /** Where a chunk is encrypted. Behind its content is room for its tag; the first byte of the next chunk is read to there. */
    private static final class Slot {
        private final ChunkCipher cipher;
        private byte[] bytes;

        Slot(ChunkCipher cipher, int size) {
            this.cipher = cipher;
            this.bytes = new byte[size];
        }
    }

    /**
     * What was read of the content so far.
     *
     * @param chunks that were read whole
     * @param first byte of the next chunk, which was read with the one before; negative if nothing follows
     */
    record Place(long chunks, int first) {
        boolean ended() {
            return first < 0;
        }
    }

    /** Reads the next chunks. Call it only after all that it had before was taken. */
    Place fill(InputStream content, Place from) throws IOException {
        List<FutureTask<Integer>> read = new ArrayList<>(CHUNKS);
        Place place = from;
        while (read.size() < CHUNKS && !place.ended()) {
            Slot slot = slot(read.size());
            int before = 0;
            if (place.chunks() > 0) {
                slot.bytes[0] = (byte) place.first();
                before = 1;
            }
            int length = before + content.readNBytes(slot.bytes, before, AgeChunk.CONTENT + 1 - before);
            boolean last = length <= AgeChunk.CONTENT;
            long number = place.chunks();
            place = new Place(number + 1, last ? -1 : slot.bytes[AgeChunk.CONTENT] & 0xff);
            int size = Math.min(length, AgeChunk.CONTENT);
            read.add(new FutureTask<>(() -> slot.cipher.run(number, last, slot.bytes, size, slot.bytes)));
        }
        tasks = List.copyOf(read);
        return place;
    }

    private Slot slot(int number) {
        if (number == slots.size()) {
            slots.add(new Slot(ChunkCipher.encrypting(key), AgeChunk.SEALED));
        }
        return slots.get(number);
    }

    int size() {
        return tasks.size();
    }

    /** Lets another thread encrypt what is not yet taken. */
    void start(Executor threads) {
        List<FutureTask<Integer>> all = tasks;
        try {
            threads.execute(() -> all.forEach(FutureTask::run));
        } catch (RejectedExecutionException e) {
            // All ends: the reader itself encrypts them.
            return;
        }
    }

    /** The length of an encrypted chunk; returns after it is encrypted, for which this thread does what no other has begun. */
    int length(int chunk) throws IOException {
        if (!tasks.get(chunk).isDone()) {
            // One that is begun elsewhere is left alone by this.
            tasks.subList(chunk, tasks.size()).forEach(FutureTask::run);
        }
        try {
            return tasks.get(chunk).get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while it was encrypted").initCause(e);
        } catch (TimeoutException e) {
            throw new IOException("a thread that encrypts has stopped", e);
        } catch (ExecutionException e) {
            throw new IOException("it cannot be encrypted: " + e.getCause(), e.getCause());
        }
    }

    /** Its bytes, after {@link #length}. */
    byte[] bytes(int chunk) {
        return slots.get(chunk).bytes;
    }

    /** Nothing more is encrypted, but for a chunk that is begun. */
    void cancel() {
        tasks.forEach(task -> task.cancel(false));
    }
}
