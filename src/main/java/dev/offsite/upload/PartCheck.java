package dev.offsite.upload;

import dev.offsite.io.HashingInputStream;
import dev.offsite.io.HashingOutputStream;
import dev.offsite.sftp.PartFiles;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Compares a part file on the server with the file here, and moves it. Each check returns what is wrong, or empty. */
record PartCheck(Verifier verifier) {

    /** So much is read back to compare it, where the server cannot hash. */
    static final long READ_BACK = 16L << 20;

    /** Of what is larger, the end. */
    static final long END = 4L << 20;

    private static final String DIFFERS = "its part file does not begin as the file does here";

    /** Whether it is a regular file with at least that many bytes. */
    Optional<String> fault(UploadTask task, String part, long least) throws IOException {
        Optional<RemoteFile> there = task.sessions().call(remote -> remote.stat(part));
        if (there.isEmpty()) {
            return Optional.of("its part file is gone");
        }
        if (!there.get().file()) {
            return Optional.of("its part file is no regular file any more");
        }
        if (there.get().size() < least) {
            return Optional.of("its part file is shorter than it was");
        }
        return there.get().size() > task.size()
                ? Optional.of("its part file is longer than the file here")
                : Optional.empty();
    }

    /** Reads the file up to {@code end}; returns why the part file does not begin with that, or empty. */
    Optional<String> fault(UploadTask task, long end, HashingInputStream file) throws IOException {
        long size = task.sessions()
                .call(remote -> remote.stat(task.part()))
                .map(RemoteFile::size)
                .orElse(0L);
        // Reading does not wait for the bandwidth limit: nothing is sent.
        LongConsumer sending = file.telling(read -> {
            task.connection().activity().sign();
            task.read().accept(read);
        });
        long from = end <= READ_BACK ? 0 : end - END;
        MessageDigest last = HashingInputStream.sha256Digest();
        if (!read(file, end, from, last)) {
            return Optional.of("it has changed here");
        }
        file.telling(sending);
        Optional<Boolean> same = verifier.begins(task.connection(), task.part(), end, size, hex(file.beginning()));
        boolean begins = same.isPresent() ? same.get() : hex(last).equals(readBack(task, from, end - from));
        return begins ? Optional.empty() : Optional.of(DIFFERS);
    }

    /** The same for what is hashed already, if the server can hash. {@code hash}: not ended */
    Optional<String> fault(UploadTask task, long end, MessageDigest hash) throws IOException {
        // Not the whole of a file with holes, even if that is all that the server can hash.
        return verifier.begins(task.connection(), task.part(), end, -1, hex(copy(hash)))
                .filter(begins -> !begins)
                .map(differs -> DIFFERS);
    }

    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean read(HashingInputStream file, long end, long from, MessageDigest last) throws IOException {
        byte[] buffer = new byte[256 << 10];
        while (file.count() < end) {
            long place = file.count();
            int n = file.read(buffer, 0, (int) Math.min(buffer.length, end - place));
            if (n < 0) {
                return false;
            }
            int skipped = (int) Math.max(0, Math.min(n, from - place));
            last.update(buffer, skipped, n - skipped);
        }
        return true;
    }

    private static String readBack(UploadTask task, long from, long length) throws IOException {
        try (HashingOutputStream out = new HashingOutputStream(
                OutputStream.nullOutputStream(), task.connection().throttle().before(read -> {}))) {
            task.sessions().run(remote -> PartFiles.read(remote, task.part(), from, length, out));
            return out.sha256();
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Brings a part file from the folder of another day; returns why it cannot be. */
    static Optional<String> move(UploadTask task, String part) throws IOException {
        try {
            task.sessions().run(remote -> {
                remote.remove(task.part());
                remote.rename(part, task.part());
            });
            return Optional.empty();
        } catch (SftpStatusException e) {
            if (!e.answered()) {
                throw e;
            }
            return Optional.of("its part file cannot be moved into today's folder");
        }
    }

    /** On append-only servers it stays. */
    static void remove(UploadTask task, String part) throws IOException {
        task.sessions().call(remote -> remote.removeIfAllowed(part));
    }
}
