package dev.offsite.upload;

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
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.camel.util.function.ThrowingSupplier;

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
 * @param opening opens the source at its start; may be called twice
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
        ThrowingSupplier<HashingInputStream, IOException> opening,
        LongConsumer read,
        Supplier<SegmentPlan> plan,
        int retries,
        BooleanSupplier stopping) {

    UploadRecord record() {
        return new UploadRecord(owner, connection.target().toString(), part, source, state, 0, null);
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
