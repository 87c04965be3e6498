package dev.offsite.restore;

import dev.offsite.catalog.SnapshotFile;
import dev.offsite.io.HashedFile;
import dev.offsite.io.HashingOutputStream;
import dev.offsite.io.Permissions;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * Downloads one file. It is hashed on arrival under a hidden temporary name beside the final one, and renamed only when
 * complete: the final name never shows a partial or wrong file.
 */
public final class Download {

    private Download() {}

    /**
     * Downloads a regular file with its time of last change. An existing file or symbolic link of the final name is
     * replaced; the folder must exist. No part file remains after a failure.
     *
     * @param path absolute, on the server
     * @param copy what is expected there; without a hash, only the size is checked
     * @param to the final local name
     * @param mode of the local file, as far as the umask allows it; -1 is the default
     * @param progress receives the number of bytes of each write
     * @throws VerificationException if the bytes differ
     * @throws SftpStatusException if the server refuses, or the connection is lost
     * @throws IOException if it is not a regular file there, or cannot be written here
     */
    static HashedFile file(
            SftpSessionPool sessions, String path, SnapshotFile copy, Path to, int mode, LongConsumer progress)
            throws IOException, VerificationException {
        RemoteFile entry = copy.entry().orElseThrow();
        try {
            HashedFile fetched = sessions.call(remote -> part(remote, path, entry, to, progress));
            check(fetched, copy);
            publish(to, entry.modified(), mode);
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
    public static HashedFile part(SftpSession remote, String path, RemoteFile entry, Path to, LongConsumer progress)
            throws IOException {
        if (!entry.file()) {
            throw new IOException("it is no regular file on the server");
        }
        discard(to);
        // CREATE_NEW and NOFOLLOW_LINKS: never write through an existing file or link.
        OutputStream part = Channels.newOutputStream(Files.newByteChannel(
                temporary(to),
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                Permissions.with(to, Permissions.PRIVATE)));
        try (HashingOutputStream sink = new HashingOutputStream(part, progress)) {
            read(remote, path, sink);
            return new HashedFile(sink.sha256(), sink.count());
        }
    }

    /** Sets time and mode of a downloaded part, as far as the umask allows it, and gives it its final name. */
    public static void publish(Path to, Instant modified, int mode) throws IOException {
        Permissions.set(temporary(to), mode);
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

    private static void check(HashedFile fetched, SnapshotFile copy) throws VerificationException {
        String expected = copy.sha256().orElse(fetched.sha256());
        if (!expected.equals(fetched.sha256())) {
            throw new VerificationException(
                    "what arrived differs: its SHA-256 is %s, it should be %s".formatted(fetched.sha256(), expected));
        }
        if (copy.sha256().isEmpty() && fetched.size() != copy.size()) {
            throw new VerificationException(
                    "what arrived differs: it has %d bytes, the server says %d".formatted(fetched.size(), copy.size()));
        }
    }
}
