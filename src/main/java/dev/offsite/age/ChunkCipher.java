package dev.offsite.age;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.IvParameterSpec;

/** Encrypts or decrypts the chunks of one payload, one after another, in any order. */
final class ChunkCipher {

    private static final int NONCE = 12;
    private static final int COUNTER = NONCE - 1;

    private final Cipher cipher;
    private final SecretKey key;
    private final int mode;
    private final byte[] nonce = new byte[NONCE];

    private ChunkCipher(int mode, SecretKey key) {
        try {
            this.cipher = Cipher.getInstance("ChaCha20-Poly1305");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no ChaCha20-Poly1305", e);
        }
        this.mode = mode;
        this.key = key;
    }

    static ChunkCipher encrypting(SecretKey key) {
        return new ChunkCipher(Cipher.ENCRYPT_MODE, key);
    }

    static ChunkCipher decrypting(SecretKey key) {
        return new ChunkCipher(Cipher.DECRYPT_MODE, key);
    }

    /**
     * Writes a chunk to the beginning of {@code to}; returns its length there.
     *
     * @throws GeneralSecurityException if it is not the chunk of that number, or not as it was written; never while encrypting
     */
    int run(long number, boolean last, byte[] from, int length, byte[] to) throws GeneralSecurityException {
        for (int i = COUNTER - 1, shift = 0; shift < Long.SIZE; i--, shift += Byte.SIZE) {
            nonce[i] = (byte) (number >>> shift);
        }
        nonce[COUNTER] = (byte) (last ? 1 : 0);
        cipher.init(mode, key, new IvParameterSpec(nonce));
        return cipher.doFinal(from, 0, length, to, 0);
    }
}
