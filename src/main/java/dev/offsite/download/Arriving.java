package dev.offsite.download;

import dev.offsite.sftp.RemoteFile;
import java.nio.ByteBuffer;
import java.util.NavigableMap;
import java.util.TreeMap;

/** How far a download is. Only {@link DownloadQueue} changes it, under its lock. */
final class Arriving {

    final Incoming to;

    /** Bytes that came before others that belong before them, by their place in the file. */
    private final NavigableMap<Long, ByteBuffer> early = new TreeMap<>();

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

    void arrived(long offset, ByteBuffer bytes) {
        early.put(offset, bytes);
    }

    /** The bytes to be written next; null if they have not come. */
    ByteBuffer takeNext() {
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
        long kept = early.values().stream().mapToLong(ByteBuffer::remaining).sum();
        early.clear();
        return kept;
    }

    /** Bytes of a file to be asked for; none to look at it only. */
    record Stretch(Arriving file, long offset, int length) {}
}
