package dev.offsite.io;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** Hashes and counts what is written through it, and remembers why a write failed. */
public final class HashingOutputStream extends FilterOutputStream {

    private final MessageDigest digest = HashingInputStream.sha256Digest();
    private final LongConsumer progress;
    private long count;
    private IOException failure;

    public HashingOutputStream(OutputStream out, LongConsumer progress) {
        super(out);
        this.progress = progress;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        digest.update(bytes, offset, length);
        count += length;
        progress.accept(length);
    }

    /** Why the last write failed; null if it did not. */
    public IOException failure() {
        return failure;
    }

    public long count() {
        return count;
    }

    /** Lower-case hex; ends the hashing. */
    public String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
