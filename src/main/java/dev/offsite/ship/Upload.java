package dev.offsite.ship;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.io.HashingInputStream;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.UploadPermits;
import dev.offsite.source.ChangedFileException;
import dev.offsite.source.SourceChecksumException;
import dev.offsite.source.SourceChecksums.Expected;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;

/**
 * The upload of one local file into a dated folder. Created when the file is polled; its remote names are set when the
 * upload starts.
 */
public final class Upload {

    private final ShipRun run;
    private final File file;
    private final String name;
    private final long size;
    private final long modified;

    private DatedFolderWriter folder;
    private String part;
    private HashingInputStream stream;
    private long startedNanos;
    private boolean slot;
    private volatile String sha256;
    private volatile VerificationMethod verification;
    private volatile List<String> matched = List.of();

    /** {@code name} is below the dated folder, {@code modified} in milliseconds since the epoch. */
    Upload(ShipRun run, File file, String name, long size, long modified) {
        this.run = run;
        this.file = file;
        this.name = name;
        this.size = size;
        this.modified = modified;
    }

    public Job job() {
        return run.job();
    }

    public ShipRun run() {
        return run;
    }

    /** The name below both the source folder and the dated folder, with slashes. */
    public String name() {
        return name;
    }

    /** Bytes, as polled. */
    public long size() {
        return size;
    }

    public File file() {
        return file;
    }

    /** Last change, as polled. */
    public Instant modified() {
        return Instant.ofEpochMilli(modified);
    }

    /** The final name, absolute on the target. */
    public String path() {
        return folder.path() + "/" + name;
    }

    /** The temporary name beside the final one, absolute on the target. */
    public String part() {
        return part;
    }

    /** Whether an upload was attempted, so that a part file may exist. */
    boolean started() {
        return stream != null;
    }

    /** Ends the upload, so that another one of the same name may start. */
    void end() {
        if (folder != null) {
            folder.end(this);
        }
    }

    public void verified(VerificationMethod method) {
        verification = method;
    }

    /** Null until the copy is verified. */
    public VerificationMethod verification() {
        return verification;
    }

    /** The checksum files beside the local file that match it. */
    List<String> matched() {
        return matched;
    }

    /** Whether it holds one of the {@link UploadPermits}. */
    boolean hasSlot() {
        return slot;
    }

    void slot(boolean has) {
        slot = has;
    }

    public DatedFolderWriter folder() {
        return folder;
    }

    long startedNanos() {
        return startedNanos;
    }

    /** Opens the file for one attempt, discarding any earlier attempt. */
    public HashingInputStream open(DatedFolderWriter into) throws IOException {
        checkUnchanged();
        into.begin(this);
        folder = into;
        part = into.path() + "/" + TemporaryName.of(name);
        startedNanos = System.nanoTime();
        // Read the checksum files first, so that an unreadable one fails before the upload.
        List<Expected> expected = run.checksums().of(file.toPath());
        Throttle throttle = run.connection().throttle();
        stream = new HashingInputStream(Files.newInputStream(file.toPath()), throttle.before(run::progress));
        expected.forEach(one -> stream.with(one.algorithm().javaName()));
        return stream;
    }

    /**
     * Checks that the whole file was sent and has not changed since it was polled.
     *
     * @return the SHA-256 of what was sent, lower-case hex
     * @throws ChangedFileException if the file changed
     * @throws SourceChecksumException if a checksum file beside it has another hash
     */
    public String checkSent() throws IOException {
        if (stream.count() != size) {
            throw new ChangedFileException(name);
        }
        checkUnchanged();
        matched = run.checksums().check(file.toPath(), stream);
        sha256 = stream.sha256();
        return sha256;
    }

    /** Lower-case hex; null before {@link #checkSent}. */
    public String sha256() {
        return sha256;
    }

    /** Throws if the file was written to since it was polled. */
    public void checkFinished() throws ChangedFileException {
        // Real time, as in the consumer's filter: file times come from the same clock.
        if (run.polled() && modified + job().ready().toMillis() > System.currentTimeMillis()) {
            throw new ChangedFileException(name);
        }
    }

    private void checkUnchanged() throws IOException {
        BasicFileAttributes now = Files.readAttributes(file.toPath(), BasicFileAttributes.class);
        if (now.size() != size || now.lastModifiedTime().toMillis() != modified) {
            throw new ChangedFileException(name);
        }
    }
}
