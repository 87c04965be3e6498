package dev.offsite.download;

import dev.offsite.io.HashedFile;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Permissions;
import dev.offsite.manifest.TemporaryName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * A file that arrives under a hidden name beside its final one, hashed on arrival, and gets its final name when it is
 * verified: the final name never shows a partial or wrong file. A large one that was cut stays, and the next attempt goes on
 * where it ended; whether that was right, the hash of the whole file tells. Use it for one file; not thread-safe.
 */
public final class PartFile {

    /** A smaller file is downloaded again. */
    static final long LARGE = 4 << 20;

    /** A smaller file is kept in memory until it is verified. */
    private static final int SMALL = Incoming.KEPT;

    /** Bytes that are copied at a time. */
    private static final int BUFFER = 1 << 20;

    /** How long what was cut is kept. */
    private static final Duration KEPT = Duration.ofDays(7);

    private final Path to;
    /** Its name until then. */
    private final Path part;

    private final LongConsumer progress;
    /** Only while it arrives: a run may have a hundred thousand files. */
    private MessageDigest digest;

    private FileChannel channel;
    /** All of a small file. */
    private ByteBuffer content;

    private long size;
    private long count;
    private boolean resumed;
    /** Whether it is this one's, and not that of another run. */
    private boolean held;

    /** {@code to}: the final name; {@code progress} receives the number of bytes of each write */
    public PartFile(Path to, LongConsumer progress) {
        this(to, temporary(to), progress);
    }

    private PartFile(Path to, Path part, LongConsumer progress) {
        this.to = to;
        this.part = part;
        this.progress = progress;
    }

    /** The same for an encrypted file that becomes {@code to} when it is decrypted; it is never published itself. */
    public static PartFile encrypted(Path to, LongConsumer progress) {
        // No file can have the first of these two names.
        String name = TemporaryName.of(to.getFileName() + "\0encrypted");
        return new PartFile(to, to.resolveSibling(name), progress);
    }

    /**
     * Begins, or begins again.
     *
     * @param expected bytes
     * @param resume whether to go on after what is there from an earlier attempt; the whole must be verified then
     * @return how many bytes are there
     */
    public long begin(long expected, boolean resume) throws IOException {
        close();
        size = expected;
        count = 0;
        content = null;
        digest = HashingInputStream.sha256Digest();
        held = false;
        resumed = resume && expected >= LARGE && reopen();
        if (!resumed) {
            discard();
        }
        held = true;
        return count;
    }

    /** Opens what an earlier attempt left, and hashes it; false if it is not to be trusted. */
    private boolean reopen() throws IOException {
        if (!isOurs()) {
            return false;
        }
        FileChannel there = FileChannel.open(
                part, Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        boolean done = false;
        try {
            if (lock(there) == null) {
                throw new IOException("another run is downloading it now");
            }
            ByteBuffer bytes = ByteBuffer.allocate(SMALL);
            while (there.read(bytes.clear()) > 0) {
                digest.update(bytes.flip());
                count += bytes.limit();
                progress.accept(bytes.limit());
            }
            channel = there;
            done = true;
            return true;
        } finally {
            if (!done) {
                there.close();
            }
        }
    }

    /** Whether only we can have written it: a private file of ours that has no other name. */
    private boolean isOurs() throws IOException {
        try {
            boolean fits = Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(part) <= size
                    && Files.getLastModifiedTime(part, LinkOption.NOFOLLOW_LINKS)
                            .toInstant()
                            .isAfter(Instant.now().minus(KEPT));
            if (!fits || !part.getFileSystem().supportedFileAttributeViews().contains("unix")) {
                return fits;
            }
            Path probe = part.resolveSibling(".offsite-" + UUID.randomUUID());
            try {
                Files.createFile(probe);
                return attribute(part, "uid") == attribute(probe, "uid")
                        && attribute(part, "nlink") == 1
                        && (attribute(part, "mode") & Permissions.ALL) == Permissions.PRIVATE;
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static int attribute(Path file, String name) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:" + name, LinkOption.NOFOLLOW_LINKS);
    }

    private static FileLock lock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Whether it went on after an earlier attempt. */
    public boolean resumed() {
        return resumed;
    }

    public void write(ByteBuffer bytes) throws IOException {
        int length = bytes.remaining();
        digest.update(bytes.duplicate());
        if (channel == null && content == null && length == size && length <= SMALL) {
            content = bytes;
        } else {
            store(bytes);
        }
        count += length;
        progress.accept(length);
    }

    /** Writes all that a stream has; false as soon as that is more than {@code most} bytes. */
    public boolean write(InputStream from, long most) throws IOException {
        long left = most;
        byte[] buffer = new byte[(int) Math.min(BUFFER, most + 1)];
        for (int some = from.readNBytes(buffer, 0, buffer.length);
                some > 0;
                some = from.readNBytes(buffer, 0, buffer.length)) {
            left -= some;
            if (left < 0) {
                return false;
            }
            // A small file is kept as it is until it is verified; nothing comes after it.
            write(ByteBuffer.wrap(buffer, 0, some).slice());
        }
        return true;
    }

    private void store(ByteBuffer bytes) throws IOException {
        if (channel == null) {
            channel = create(Permissions.PRIVATE);
            if (size >= LARGE && lock(channel) == null) {
                throw new IOException("another run is downloading it now");
            }
        }
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private FileChannel create(int mode) throws IOException {
        // CREATE_NEW and NOFOLLOW_LINKS: never write through an existing file or link.
        return FileChannel.open(
                part,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                Permissions.with(to, mode));
    }

    /** What has come; nothing more can be written. */
    public HashedFile end() {
        byte[] hash = digest.digest();
        digest = null;
        return new HashedFile(HexFormat.of().formatHex(hash), count);
    }

    /** Writes what is in memory only, under the hidden name. */
    public void store() throws IOException {
        if (content != null || channel == null) {
            store(content == null ? ByteBuffer.allocate(0) : content);
            content = null;
        }
        close();
    }

    /** Sets time and mode, as far as the umask allows it, and gives the file its final name. */
    public void publish(Instant modified, int mode) throws IOException {
        if (content == null && channel != null) {
            close();
            publish(to, modified, mode);
            return;
        }
        // Verified already, so that the mode may be set as it is created; then the umask applies by itself.
        try (FileChannel small = create(mode)) {
            while (content != null && content.hasRemaining()) {
                small.write(content);
            }
        }
        content = null;
        rename(to, modified);
    }

    /** The same for one that was stored. */
    public static void publish(Path to, Instant modified, int mode) throws IOException {
        Permissions.set(temporary(to), mode);
        rename(to, modified);
    }

    private static void rename(Path to, Instant modified) throws IOException {
        Files.setLastModifiedTime(temporary(to), FileTime.from(modified));
        Files.move(temporary(to), to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** After a failure: keeps what has come if it is worth it and {@code resumable}, else removes it. */
    public void leave(boolean resumable) throws IOException {
        close();
        content = null;
        if (held && (!resumable || size < LARGE || count < LARGE)) {
            discard();
        }
    }

    /** What has come, from its start; open it once, after {@link #end}. */
    public InputStream content() throws IOException {
        if (content != null) {
            return new ByteArrayInputStream(
                    content.array(), content.arrayOffset() + content.position(), content.remaining());
        }
        if (channel == null) {
            return InputStream.nullInputStream();
        }
        close();
        return Files.newInputStream(part, LinkOption.NOFOLLOW_LINKS);
    }

    /** Removes it, which was not published. */
    public void discard() throws IOException {
        close();
        content = null;
        Files.deleteIfExists(part);
    }

    private void close() throws IOException {
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }

    /** Removes a part that was not published, if there is one. */
    public static void discard(Path to) throws IOException {
        Files.deleteIfExists(temporary(to));
    }

    private static Path temporary(Path to) {
        return to.resolveSibling(TemporaryName.of(to.getFileName().toString()));
    }
}
