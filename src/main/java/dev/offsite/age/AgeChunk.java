package dev.offsite.age;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;

/** The chunks of a payload: 64 KiB each, the last one flagged, so that none can be left out, added or swapped. */
final class AgeChunk {

    /** Bytes of content. */
    static final int CONTENT = 64 << 10;

    static final int TAG = 16;

    private static final int COUNTER = 11;

    private AgeChunk() {}

    /** An empty file has one chunk, too. */
    static long count(long content) {
        return Math.max(1, (content + CONTENT - 1) / CONTENT);
    }

    static byte[] seal(SecretKey key, long number, boolean last, byte[] content, int length) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, key, number, last).doFinal(content, 0, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws GeneralSecurityException if it is not the chunk of that number, or not as it was written */
    static byte[] open(SecretKey key, long number, boolean last, byte[] sealed, int length)
            throws GeneralSecurityException {
        return cipher(Cipher.DECRYPT_MODE, key, number, last).doFinal(sealed, 0, length);
    }

    private static Cipher cipher(int mode, SecretKey key, long number, boolean last) throws GeneralSecurityException {
        byte[] nonce = new byte[COUNTER + 1];
        for (int i = COUNTER - 1, shift = 0; shift < Long.SIZE; i--, shift += Byte.SIZE) {
            nonce[i] = (byte) (number >>> shift);
        }
        nonce[COUNTER] = (byte) (last ? 1 : 0);
        Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
        cipher.init(mode, key, new IvParameterSpec(nonce));
        Arrays.fill(nonce, (byte) 0);
        return cipher;
    }
}
