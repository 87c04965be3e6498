package dev.offsite.age;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.SecretKey;

/** Decrypts the chunks after a header while they are read. Each is authenticated before any of its bytes is given out. */
final class DecryptingInputStream extends InputStream {

    private final InputStream encrypted;
    private final ChunkCipher cipher;
    /** A chunk, and the first byte of the next one. */
    private final byte[] sealed = new byte[AgeChunk.SEALED + 1];

    private final byte[] content = new byte[AgeChunk.CONTENT];
    /** Bytes of {@link #sealed} that were read with the chunk before. */
    private int ahead;

    private int place;
    private int length;
    private long number;
    private boolean ended;
    private boolean damaged;

    DecryptingInputStream(InputStream encrypted, SecretKey key) {
        this.encrypted = encrypted;
        this.cipher = ChunkCipher.decrypting(key);
    }

    private void next() throws IOException {
        if (damaged) {
            throw AgeException.damaged();
        }
        int read = ahead + encrypted.readNBytes(sealed, ahead, sealed.length - ahead);
        boolean last = read <= AgeChunk.SEALED;
        place = 0;
        length = 0;
        try {
            int opened = cipher.run(number, last, sealed, Math.min(read, AgeChunk.SEALED), content);
            // The last chunk is empty in an empty file only.
            damaged = opened == 0 && number > 0;
            length = opened;
        } catch (GeneralSecurityException e) {
            damaged = true;
        }
        if (damaged) {
            // Says no more than the message: which byte is wrong cannot be known.
            throw AgeException.damaged();
        }
        number++;
        ended = last;
        ahead = last ? 0 : 1;
        sealed[0] = sealed[AgeChunk.SEALED];
    }

    @Override
    public int read(byte[] to, int offset, int most) throws IOException {
        if (most == 0) {
            return 0;
        }
        if (place == length) {
            if (!ended) {
                next();
            }
            if (place == length) {
                return -1;
            }
        }
        int some = Math.min(most, length - place);
        System.arraycopy(content, place, to, offset, some);
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
        Arrays.fill(content, (byte) 0);
        ended = true;
        length = 0;
        place = 0;
        encrypted.close();
    }
}
