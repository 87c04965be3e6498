package dev.offsite.io;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Hashes and counts what is read through it, so that an upload reads its file once. */
public final class HashingInputStream extends FilterInputStream {

    private static final String SHA256 = "SHA-256";

    /** By Java's name of the algorithm. */
    private final Map<String, MessageDigest> digests = new HashMap<>();

    private final Map<String, String> hashes = new HashMap<>();
    private LongConsumer progress;
    private long count;

    /** {@code progress} receives the number of bytes of each read, which fails as it does. */
    public HashingInputStream(InputStream in, LongConsumer progress) {
        super(in);
        this.progress = progress;
        digests.put(SHA256, sha256Digest());
    }

    /** Replaces who receives the number of bytes of each read; returns who did. */
    public LongConsumer telling(LongConsumer other) {
        LongConsumer before = progress;
        progress = other;
        return before;
    }

    /** What the SHA-256 of all that was read so far is calculated from; reading on does not change it. */
    public MessageDigest beginning() {
        try {
            return (MessageDigest) digests.get(SHA256).clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("Every Java can copy " + SHA256, e);
        }
    }

    /** Adds another hash to the SHA-256; the name is one of {@link MessageDigest}. */
    public HashingInputStream with(String algorithm) {
        digests.computeIfAbsent(algorithm, HashingInputStream::digest);
        return this;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = in.read(buffer, offset, length);
        if (n > 0) {
            for (MessageDigest digest : digests.values()) {
                digest.update(buffer, offset, n);
            }
            count += n;
            try {
                progress.accept(n);
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        return n;
    }

    /** Also lets go of the stream: Java's own keep what they read last, and a hash may be asked for much later. */
    @Override
    public void close() throws IOException {
        try (InputStream closing = in) {
            in = InputStream.nullInputStream();
            in.close();
        }
    }

    @Override
    public long skip(long n) {
        return 0;
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    public long count() {
        return count;
    }

    /** Lower-case hex; ends the hashing. */
    public String sha256() {
        return hash(SHA256).orElseThrow();
    }

    /** Lower-case hex of another hash; empty if it was not added before reading. */
    public Optional<String> hash(String algorithm) {
        return Optional.ofNullable(digests.get(algorithm))
                .map(digest ->
                        hashes.computeIfAbsent(algorithm, name -> HexFormat.of().formatHex(digest.digest())));
    }

    /** The SHA-256 of a local file in lower-case hex; {@code progress} receives the bytes of each read. */
    public static String sha256(Path file, LongConsumer progress) throws IOException {
        try (HashingInputStream in = new HashingInputStream(Files.newInputStream(file), progress)) {
            in.transferTo(OutputStream.nullOutputStream());
            return in.sha256();
        }
    }

    public static MessageDigest sha256Digest() {
        return digest(SHA256);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has " + algorithm, e);
        }
    }
}
