package dev.offsite.restore;

import dev.offsite.io.HashingOutputStream;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * Downloads one file. It is hashed on arrival under a hidden temporary name beside the final one, and renamed only when
 * complete: the final name never shows a partial or wrong file.
 */
public final class Download {

    private Download() {}

    /**
     * Looks up the file, and downloads it as below.
     *
     * @throws NoSuchFileException if there is nothing at that path
     */
    public static DownloadResult file(
            SftpSession remote, String path, Path to, Optional<String> sha256, LongConsumer progress)
            throws IOException, VerificationException {
        RemoteFile entry = remote.stat(path).orElseThrow(() -> new NoSuchFileException(path));
        return file(remote, path, entry, to, sha256, progress);
    }

    /**
     * Downloads a regular file with its time of last change. An existing file or symbolic link of the final name is
     * replaced; the folder must exist. No part file remains after a failure.
     *
     * @param path absolute, on the server
     * @param to the final local name
     * @param sha256 the expected hash, lower-case hex; if empty, only the size is checked
     * @param progress receives the number of bytes of each write
     * @throws VerificationException if the bytes differ
     * @throws SftpStatusException if the server refuses, or the connection is lost
     * @throws IOException if it is not a regular file there, or cannot be written here
     */
    public static DownloadResult file(
            SftpSession remote, String path, RemoteFile entry, Path to, Optional<String> sha256, LongConsumer progress)
            throws IOException, VerificationException {
        try {
            DownloadResult fetched = part(remote, path, entry, to, progress);
            check(fetched, entry, sha256);
            publish(to, entry.modified());
            return fetched;
        } finally {
            discard(to);
        }
    }

    /**
     * Downloads to the temporary name only. The caller verifies it, then calls {@link #publish} or {@link #discard}.
     *
     * @throws SftpStatusException if the server refuses, or the connection is lost
     * @throws IOException if it is not a regular file there, or cannot be written here
     */
    public static DownloadResult part(SftpSession remote, String path, RemoteFile entry, Path to, LongConsumer progress)
            throws IOException {
        if (!entry.file()) {
            throw new IOException("it is no regular file on the server");
        }
        discard(to);
        return read(remote, path, temporary(to), progress);
    }

    /** Sets the time of a downloaded part and gives it its final name. */
    public static void publish(Path to, Instant modified) throws IOException {
        Files.setLastModifiedTime(temporary(to), FileTime.from(modified));
        Files.move(temporary(to), to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes a part that was not published, if there is one. */
    public static void discard(Path to) throws IOException {
        Files.deleteIfExists(temporary(to));
    }

    private static Path temporary(Path to) {
        return to.resolveSibling(TemporaryName.of(to.getFileName().toString()));
    }

    private static DownloadResult read(SftpSession remote, String path, Path part, LongConsumer progress)
            throws IOException {
        // CREATE_NEW and NOFOLLOW_LINKS: never write through an existing file or link.
        try (HashingOutputStream sink = new HashingOutputStream(
                Files.newOutputStream(
                        part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                progress)) {
            read(remote, path, sink);
            return new DownloadResult(sink.sha256(), sink.count());
        }
    }

    static void read(SftpSession remote, String path, HashingOutputStream sink) throws IOException {
        try {
            remote.read(path, sink);
        } catch (SftpStatusException e) {
            if (sink.failure() != null) {
                // JSch reports a failed local write as a lost connection.
                throw sink.failure();
            }
            throw e;
        }
    }

    private static void check(DownloadResult fetched, RemoteFile entry, Optional<String> sha256)
            throws VerificationException {
        if (sha256.isPresent() && !sha256.get().equals(fetched.sha256())) {
            throw new VerificationException("what arrived differs: its SHA-256 is %s, it should be %s"
                    .formatted(fetched.sha256(), sha256.get()));
        }
        if (sha256.isEmpty() && fetched.size() != entry.size()) {
            throw new VerificationException("what arrived differs: it has %d bytes, the server says %d"
                    .formatted(fetched.size(), entry.size()));
        }
    }
}
