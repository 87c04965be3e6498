package dev.offsite.sftp.pipeline;

/**
 * How many bytes may be on their way: twice what the link carries in the shortest time that an answer took. More would only
 * wait somewhere, and be sent again after a cut. Not thread-safe.
 */
final class MeasuredWindow {

    /** So many in any case. */
    private static final long LEAST = 512 << 10;

    private static final long SHORTEST_SAMPLE_NANOS = 1_000_000;

    private final long most;
    private long bytes;
    private long shortest = Long.MAX_VALUE;
    private long sampleSince;
    private long sampled;

    MeasuredWindow(long most, long now) {
        this.most = most;
        this.bytes = Math.min(most, LEAST);
        this.sampleSince = now;
    }

    long bytes() {
        return bytes;
    }

    /** The server has confirmed a write of that length, which was sent that long ago. */
    void confirmed(int length, long nanos, long now) {
        shortest = Math.min(shortest, Math.max(1, nanos));
        sampled += length;
        long elapsed = now - sampleSince;
        if (elapsed >= Math.max(shortest, SHORTEST_SAMPLE_NANOS)) {
            long measured = (long) (2.0 * sampled / elapsed * shortest);
            bytes = Math.max(Math.min(most, LEAST), Math.min(most, Math.max(measured, bytes / 8 * 7)));
            sampleSince = now;
            sampled = 0;
        }
    }
}
