package dev.offsite.catalog;

import dev.offsite.age.AgeException;
import dev.offsite.age.AgeIdentities;
import dev.offsite.encryption.ContentLog;
import dev.offsite.io.HashingOutputStream;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads what is inside the encrypted copies of dated folders. A part that is damaged, missing or not for us is a problem of its
 * folder, and the copies that no other part describes are of no use.
 */
record PartReader(Job job, SftpSessionPool sessions, ContentLog known, AgeIdentities identities) {

    /** Bytes: millions of files. A larger one is not downloaded. */
    private static final long MOST = 1L << 30;

    Snapshot open(Snapshot snapshot) throws IOException {
        Unsealing contents = new Unsealing(snapshot, !job.shared());
        List<String> problems = new ArrayList<>();
        int forOthers = 0;
        List<SnapshotFile> parts = snapshot.items().stream()
                .filter(item -> item.part() && item.sha256().isPresent())
                // SHA256SUMS.10.age comes after SHA256SUMS.9.age.
                .sorted(Comparator.comparingInt(
                                (SnapshotFile part) -> part.name().length())
                        .thenComparing(SnapshotFile::name))
                .toList();
        for (SnapshotFile part : parts) {
            // Otherwise the folder's state says so already.
            if (part.restorable()) {
                try {
                    read(snapshot.place(), part, contents);
                } catch (AgeException e) {
                    forOthers += e.isNotOurs() ? 1 : 0;
                    String why = e.isNotOurs() ? "is encrypted for others than these identities" : e.getMessage();
                    problems.add(part.name() + " " + why);
                } catch (SftpStatusException e) {
                    if (FailureMessages.lost(e)) {
                        throw e;
                    }
                    problems.add(part.name() + ": "
                            + FailureMessages.ofReading(e, job).message());
                } catch (DamagedPartException e) {
                    problems.add(part.name() + " " + e.getMessage());
                }
            }
        }
        known.read(job, snapshot.place().day(), contents::knownHere);
        return contents.result(problems, forOthers > 0 && forOthers == parts.size());
    }

    /** What is wrong with a part; a sentence that its name begins. */
    private static final class DamagedPartException extends Exception {
        private static final long serialVersionUID = 1L;

        DamagedPartException(String message) {
            super(message);
        }
    }

    private void read(DatedFolderRef place, SnapshotFile part, Unsealing contents)
            throws IOException, DamagedPartException {
        if (part.size() > MOST) {
            throw new DamagedPartException("is too large to be one: " + Text.size(part.size()));
        }
        Path file = Files.createTempFile("offsite-", ".part");
        try {
            if (!download(place, part, file).equals(part.sha256().orElseThrow())) {
                throw new DamagedPartException("is damaged: it is not what SHA256SUMS lists");
            }
            String folder = new Header(file).folder();
            if (!folder.equals(place.day())) {
                throw new DamagedPartException(
                        folder.isEmpty()
                                ? "does not say which dated folder it is for"
                                : "is for the dated folder " + Text.line(folder));
            }
            decrypt(file, contents.part());
        } finally {
            Files.delete(file);
        }
    }

    /** Returns the SHA-256 of what came. */
    private String download(DatedFolderRef place, SnapshotFile part, Path file) throws IOException {
        return sessions.callForMany(remote -> {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file));
                    HashingOutputStream hashed = new HashingOutputStream(out, some -> {})) {
                remote.read(RemotePath.below(place.path(), part.name()), hashed, () -> hashed.count() > part.size());
                return hashed.sha256();
            }
        });
    }

    private void decrypt(Path file, ManifestPart.Listener listener) throws IOException {
        try (InputStream encrypted = new BufferedInputStream(Files.newInputStream(file));
                InputStream text = new BufferedInputStream(identities.open(encrypted))) {
            ManifestPart.read(text, listener);
        }
    }

    /** Reads a part once without believing it, so that nothing of one counts that is damaged near its end. */
    private final class Header implements ManifestPart.Listener {
        private String folder = "";

        Header(Path file) throws IOException {
            decrypt(file, this);
        }

        String folder() {
            return folder;
        }

        @Override
        public void folder(String name) {
            // A second one is no name of a folder.
            folder = folder.isEmpty() ? name : folder + ", " + name;
        }

        @Override
        public void file(PlainFile file) {}
    }
}
