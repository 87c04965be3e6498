package dev.offsite.age;

/** The chunks of a payload: 64 KiB each, the last one flagged, so that none can be left out, added or swapped. */
final class AgeChunk {

    /** Bytes of content. */
    static final int CONTENT = 64 << 10;

    static final int TAG = 16;

    /** Bytes of a whole chunk as it is written. */
    static final int SEALED = CONTENT + TAG;

    private AgeChunk() {}

    /** An empty file has one chunk, too. */
    static long count(long content) {
        return Math.max(1, (content + CONTENT - 1) / CONTENT);
    }
}
