package dev.offsite.ledger;

import dev.offsite.io.HashingInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A set of texts of which it keeps 128 bits of the SHA-256 each, which takes 32 to 64 bytes of memory. */
final class DigestSet {

    private static final int FIRST = 1024;

    /** Pairs; an empty one is zero. Never more than half of them are used. */
    private long[] slots = new long[FIRST];

    private int size;

    private record Digest(long high, long low) {
        static Digest of(String text) {
            byte[] hash = HashingInputStream.sha256Digest().digest(text.getBytes(StandardCharsets.UTF_8));
            ByteBuffer words = ByteBuffer.wrap(hash);
            return new Digest(words.getLong(), words.getLong());
        }
    }

    int size() {
        return size;
    }

    boolean contains(String text) {
        Digest digest = Digest.of(text);
        return isUsed(slots, slot(slots, digest));
    }

    void add(String text) {
        if ((size + 1) * 4 > slots.length) {
            grow();
        }
        size += put(slots, Digest.of(text)) ? 1 : 0;
    }

    private void grow() {
        long[] larger = new long[slots.length * 2];
        for (int i = 0; i < slots.length; i += 2) {
            if (isUsed(slots, i)) {
                put(larger, new Digest(slots[i], slots[i + 1]));
            }
        }
        slots = larger;
    }

    private static boolean put(long[] slots, Digest digest) {
        int slot = slot(slots, digest);
        if (isUsed(slots, slot)) {
            return false;
        }
        slots[slot] = digest.high();
        slots[slot + 1] = digest.low();
        return true;
    }

    private static boolean isUsed(long[] slots, int slot) {
        return slots[slot] != 0 || slots[slot + 1] != 0;
    }

    /** Where the digest is, or the free slot where it would be. */
    private static int slot(long[] slots, Digest digest) {
        int mask = slots.length - 1;
        int slot = (int) digest.low() * 2 & mask;
        while (isUsed(slots, slot) && (slots[slot] != digest.high() || slots[slot + 1] != digest.low())) {
            slot = slot + 2 & mask;
        }
        return slot;
    }
}
