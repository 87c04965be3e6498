package dev.offsite.restore;

import dev.offsite.transfer.HashingStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** Hashes and counts what is written through it, and remembers why it could not be. */
final class Sink extends FilterOutputStream {

    private final MessageDigest digest = HashingStream.sha256Digest();
    private final LongConsumer progress;
    private long count;
    private IOException failure;

    Sink(OutputStream out, LongConsumer progress) {
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
    IOException failure() {
        return failure;
    }

    /** Bytes written so far. */
    long count() {
        return count;
    }

    /** Lower-case hex of all that was written; ends the hashing. */
    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
