package dev.offsite.upload;

import dev.offsite.age.AgeKey;
import dev.offsite.age.AgeRecipients;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.job.VerificationMethod;
import dev.offsite.resume.UploadRecord;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.source.FileState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * One file to upload.
 *
 * @param key what its record is found by
 * @param owner the job; empty if it is put
 * @param label of the file, for the log
 * @param source absolute
 * @param state of the source now
 * @param part the temporary name, absolute on the target
 * @param mode of the part file; -1 leaves it to the server
 * @param size bytes to send
 * @param opening opens the source at its start, and encrypts it if the task has recipients; may be called twice
 * @param recipients who can open what is sent; empty if it is not encrypted
 * @param encryptionKey that it is encrypted with, since the source was last opened
 * @param read receives the bytes of what is read and not sent
 * @param plan asked repeatedly: how many connections it may use now
 * @param retries that are allowed without any progress
 * @param stopping whether it must not wait for the server any more
 */
public record UploadTask(
        TargetConnection connection,
        String key,
        String owner,
        String label,
        Path source,
        FileState state,
        String part,
        int mode,
        long size,
        Opening opening,
        Optional<AgeRecipients> recipients,
        Supplier<Optional<AgeKey>> encryptionKey,
        LongConsumer read,
        Supplier<SegmentPlan> plan,
        int retries,
        BooleanSupplier stopping) {

    /** Opens the source. */
    @FunctionalInterface
    public interface Opening {
        /** {@code key}: that an earlier attempt encrypted the same content with; empty for a new one */
        HashingInputStream open(Optional<AgeKey> key) throws IOException;
    }

    UploadRecord record() {
        return new UploadRecord(
                owner, connection.target().toString(), part, source, state, encryptionKey.get(), 0, null);
    }

    SftpSessionPool sessions() {
        return connection.sessions();
    }

    String folder() {
        return RemotePath.parent(part);
    }

    /** For a log line. */
    String line() {
        return Text.line(label);
    }

    /** Where only sizes are compared, nothing would show that a part is the beginning of the file. */
    boolean isProvable() {
        return connection.target().verification() != VerificationMethod.SIZE;
    }
}
