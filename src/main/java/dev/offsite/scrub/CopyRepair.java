package dev.offsite.scrub;

import dev.offsite.encryption.ContentLog;
import dev.offsite.io.HashingInputStream;
import dev.offsite.job.Job;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Replaces a damaged copy by shipping its local file again, if that still exists with the original bytes.
 *
 * @param contents what encrypted copies have inside
 */
public record CopyRepair(Shipper shipper, Describer describer, ContentLog contents) {

    /** Uploads, verifies and publishes one file. */
    @FunctionalInterface
    public interface Shipper {
        /**
         * Returns when the file is shipped; {@code folder} is absolute on the target, {@code name} below the source.
         *
         * @throws Exception if it could not be shipped
         */
        void ship(Job job, String folder, Path file, String name) throws Exception;
    }

    /** Says again what is inside the encrypted copies of a folder. */
    @FunctionalInterface
    public interface Describer {
        /**
         * Writes another part in the place of one that was lost, which was listed with that hash; {@code folder} is absolute.
         *
         * @throws Exception if what it said is not known here, or could not be written
         */
        void describe(Job job, String folder, String part, String sha256) throws Exception;
    }

    /** Ships the copy again; {@code sha256} is from its manifest. Returns why it failed, in one line, or empty. */
    Optional<String> ship(Job job, String folder, String name, String sha256) {
        String dated = RemotePath.below(job.root(), folder);
        try {
            if (ManifestPart.isPart(name)) {
                describer.describe(job, dated, name, sha256);
                return Optional.empty();
            }
            Optional<PlainFile> content = contents.of(job, folder).stream()
                    .filter(one -> one.copySha256().equals(sha256) && one.copy().equals(name))
                    .findFirst();
            if (content.isPresent() != job.encryption().isPresent()) {
                return Optional.of(
                        content.isPresent()
                                ? "it is encrypted, and the job does not encrypt any more"
                                : "what is inside is not known here, or it is not encrypted and the job encrypts now");
            }
            String local = content.map(PlainFile::name).orElse(name);
            Optional<Path> file =
                    local(job, local, content.map(PlainFile::sha256).orElse(sha256));
            if (file.isEmpty()) {
                return Optional.of("no file with its bytes is here any more");
            }
            shipper.ship(job, dated, file.get(), local);
            return Optional.empty();
        } catch (Exception e) {
            return Optional.of(FailureMessages.of(e, job).message());
        }
    }

    /** Looks in the source and in the folder that shipped files are moved to. */
    private static Optional<Path> local(Job job, String name, String sha256) throws IOException {
        for (Path folder :
                Stream.of(job.source(), job.moveTo()).filter(Objects::nonNull).toList()) {
            try {
                Path file = folder.toAbsolutePath().resolve(name);
                if (Files.isRegularFile(file)
                        && HashingInputStream.sha256(file, read -> {}).equals(sha256)) {
                    return Optional.of(file);
                }
            } catch (InvalidPathException noSuchNameHere) {
                // A name from another machine may be invalid on this one.
            }
        }
        return Optional.empty();
    }
}
