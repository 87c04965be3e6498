package dev.offsite.scrub;

import dev.offsite.io.HashingInputStream;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Ships the local file of a damaged copy again, to where it was, if it is still there with the bytes that it had then. */
public final class CopyRepair {

    /** Sends one file the whole way: upload, verify, publish. */
    @FunctionalInterface
    public interface Shipper {
        /**
         * Ships it, and waits for the end.
         *
         * @param folder the dated folder, absolute on the target
         * @param name below that
         * @throws Exception why it is not there
         */
        void ship(Job job, String folder, Path file, String name) throws Exception;
    }

    private final Shipper shipper;

    public CopyRepair(Shipper shipper) {
        this.shipper = shipper;
    }

    /**
     * Ships the copy again.
     *
     * @param folder the name of the dated folder
     * @param name below that, as its manifest has it
     * @param sha256 the same
     * @return why it is not there again, in one line; empty if it is, and verified
     */
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

    /** The file in the source, or where it was moved to. */
    private static Optional<Path> local(Job job, String name, String sha256) throws IOException {
        for (Path folder : Stream.of(job.source(), job.moveTo())
                .filter(f -> f != null)
                .map(Path::toAbsolutePath)
                .toList()) {
            try {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file)
                        && HashingInputStream.sha256(file, read -> {}).equals(sha256)) {
                    return Optional.of(file);
                }
            } catch (InvalidPathException noSuchNameHere) {
                // What another machine has shipped may have one that this one cannot.
            }
        }
        return Optional.empty();
    }
}
