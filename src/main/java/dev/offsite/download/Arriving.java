package dev.offsite.download;

import dev.offsite.sftp.RemoteFile;
import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** How far a download is. Only {@link DownloadQueue} changes it, under its lock. */
final class Arriving {

    final Incoming to;

    /** Bytes that came before others that belong before them, by their place in the file. */
    private final NavigableMap<Long, Piece> early = new TreeMap<>();

    private long size;
    private long asked;
    private long written;
    private boolean checked;
    private boolean ended;

    /** Whether a thread is at work with {@link #to}. */
    boolean busy;

    /** Why it failed, until the thread that is at work has noticed. */
    Exception failure;

    Arriving(Incoming to) {
        this.to = to;
        this.size = to.size();
    }

    /** That many bytes from the start are here. */
    void begin(long here) {
        early.clear();
        asked = here;
        written = here;
    }

    /** What lies there, as any connection sees it. */
    void look(RemoteFile there) throws Exception {
        if (!checked) {
            to.check(there);
            checked = true;
            size = there.size();
        }
    }

    boolean hasMore() {
        return !ended && asked < size;
    }

    boolean isSizeKnown() {
        return size >= 0;
    }

    /** The next bytes to ask for, at most that many. */
    Stretch next(int most) {
        int length = (int) Math.min(most, size - asked);
        Stretch next = new Stretch(this, asked, length);
        asked += length;
        return next;
    }

    void arrived(long offset, Piece piece) {
        early.put(offset, piece);
    }

    /** The bytes to be written next; null if they have not come. */
    Piece takeNext() {
        boolean there = !early.isEmpty() && early.firstKey() == written;
        return there ? early.pollFirstEntry().getValue() : null;
    }

    void written(int bytes) {
        written += bytes;
    }

    boolean isWhole() {
        return checked && written == size;
    }

    boolean isEnded() {
        return ended;
    }

    /** Nothing more is taken of it. Returns the number of bytes that were kept. */
    long end() {
        ended = true;
        long kept = early.values().stream()
                .mapToLong(piece -> piece.bytes().remaining())
                .sum();
        early.clear();
        return kept;
    }

    /** Bytes that have come. {@code reuse} takes their memory back, when nobody looks at them any more. */
    record Piece(ByteBuffer bytes, Consumer<ByteBuffer> reuse) {}

    /** Bytes of a file to be asked for; none to look at it only. */
    record Stretch(Arriving file, long offset, int length) {}
}
