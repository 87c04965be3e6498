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
import org.apache.camel.Exchange;

/**
 * One local file on its way to one place in a dated folder. Made when the file is polled; its remote names are known
 * when the upload starts.
 */
public final class Upload {

    /** Exchange property that carries it. */
    public static final String PROPERTY = "OffsiteCopy";

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
    private volatile VerificationMethod verification;
    private volatile List<String> matched = List.of();

    /**
     * @param name below the dated folder
     * @param modified milliseconds since the epoch
     */
    Upload(ShipRun run, File file, String name, long size, long modified) {
        this.run = run;
        this.file = file;
        this.name = name;
        this.size = size;
        this.modified = modified;
    }

    /** The copy that an exchange carries. */
    public static Upload of(Exchange exchange) {
        return exchange.getProperty(PROPERTY, Upload.class);
    }

    public Job job() {
        return run.job();
    }

    public ShipRun run() {
        return run;
    }

    /** The name below the source folder and below the dated folder, with slashes. */
    public String name() {
        return name;
    }

    /** Bytes, as it was when the file was polled. */
    public long size() {
        return size;
    }

    public File file() {
        return file;
    }

    /** Last change of the file, as it was when it was polled. */
    Instant modified() {
        return Instant.ofEpochMilli(modified);
    }

    /** The final name on the target, absolute. */
    public String path() {
        return folder.path() + "/" + name;
    }

    /** The temporary name on the target, absolute, in the same folder as the final one. */
    public String part() {
        return part;
    }

    /** Whether an upload of it was started: then a part file may be there. */
    boolean started() {
        return stream != null;
    }

    /** It is there or not, and no longer on its way: another of its name may start. */
    void end() {
        if (folder != null) {
            folder.end(this);
        }
    }

    /** It is verified, by that. */
    public void verified(VerificationMethod by) {
        verification = by;
    }

    /** By what it was verified; null until then. */
    public VerificationMethod verification() {
        return verification;
    }

    /** The names of the checksum files beside the local file that it matches. */
    List<String> matched() {
        return matched;
    }

    /** Whether it has one of the {@link UploadPermits}. */
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

    /** Opens the file for one attempt to upload it into that folder; an attempt before is forgotten. */
    public HashingInputStream open(DatedFolderWriter into) throws IOException {
        checkUnchanged();
        into.begin(this);
        folder = into;
        part = into.path() + "/" + TemporaryName.of(name);
        startedNanos = System.nanoTime();
        // What cannot be made out is said before the upload.
        List<Expected> expected = run.checksums().of(file.toPath());
        Throttle throttle = run.connection().throttle();
        stream = new HashingInputStream(throttle.limited(Files.newInputStream(file.toPath())), run::progress);
        expected.forEach(one -> stream.with(one.algorithm().javaName()));
        return stream;
    }

    /**
     * The SHA-256 of what was uploaded, lower-case hex.
     *
     * @throws ChangedFileException if that is not the whole file as it was polled and still is
     * @throws SourceChecksumException if a checksum beside the file says that it should be another
     */
    public String sha256() throws IOException {
        if (stream.count() != size) {
            throw new ChangedFileException(name);
        }
        checkUnchanged();
        matched = run.checksums().check(file.toPath(), stream);
        return stream.sha256();
    }

    private void checkUnchanged() throws IOException {
        BasicFileAttributes now = Files.readAttributes(file.toPath(), BasicFileAttributes.class);
        if (now.size() != size || now.lastModifiedTime().toMillis() != modified) {
            throw new ChangedFileException(name);
        }
    }
}
