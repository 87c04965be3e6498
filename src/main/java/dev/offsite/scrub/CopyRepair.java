package dev.offsite.scrub;

import dev.offsite.io.HashingInputStream;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Replaces a damaged copy by shipping its local file again, if that still exists with the original bytes. */
public record CopyRepair(Shipper shipper) {

    /** Uploads, verifies and publishes one file. */
    @FunctionalInterface
    public interface Shipper {
        /**
         * Returns when the file is shipped; {@code folder} is absolute on the target, {@code name} below it.
         *
         * @throws Exception if it could not be shipped
         */
        void ship(Job job, String folder, Path file, String name) throws Exception;
    }

    /** Ships the copy again; {@code sha256} is from its manifest. Returns why it failed, in one line, or empty. */
    Optional<String> ship(Job job, String folder, String name, String sha256) {
        try {
            Optional<Path> file = local(job, name, sha256);
            if (file.isEmpty()) {
                return Optional.of("no file with its bytes is here any more");
            }
            shipper.ship(job, RemotePath.below(job.root(), folder), file.get(), name);
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
