package dev.offsite.ship;

import dev.offsite.age.AgeKey;
import dev.offsite.age.Encryption;
import dev.offsite.bandwidth.Throttle;
import dev.offsite.encryption.CopyNames;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Permissions;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.PlainFile;
import dev.offsite.resume.UploadRecords;
import dev.offsite.source.ChangedFileException;
import dev.offsite.source.FileState;
import dev.offsite.source.SourceChecksumException;
import dev.offsite.source.SourceChecksums.Expected;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.source.SourceStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upload of one local file into a dated folder. Created when the file is polled; its remote names are set when the
 * upload starts.
 */
public final class Upload {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final int READABLE_BY_OWNER = 0400;

    private final ShipRun run;
    private final SourceFile source;
    private final String name;

    private volatile DatedFolderWriter folder;
    private volatile String copyName;
    private String part;
    /** The folder of {@link #part}. */
    private DatedFolderWriter partIn;

    private SourceStream stream;
    private long startedNanos;
    private volatile FileState state;
    private volatile LongConsumer progress;
    private volatile String sha256;
    private volatile String contentSha256;
    private volatile VerificationMethod verification;
    private volatile boolean onDisk = true;
    private volatile List<String> matched = List.of();

    /** {@code file} is as polled, {@code name} is below the dated folder. */
    Upload(ShipRun run, File file, String name) {
        this.run = run;
        this.name = name;
        FileState now;
        try {
            now = FileState.of(file.toPath());
        } catch (IOException e) {
            // Gone: opening it says so.
            now = FileState.NONE;
        }
        this.state = now;
        this.source = new SourceFile(file, now.size(), now.modified());
    }

    public Job job() {
        return run.job();
    }

    public ShipRun run() {
        return run;
    }

    /** The name below the source folder, with slashes; the same below the dated folder, unless it is encrypted. */
    public String name() {
        return name;
    }

    /** The name below the dated folder, which is known once it is {@link #placed}. */
    public String copyName() {
        return copyName;
    }

    /** Says which dated folder it goes into. */
    void placed(DatedFolderWriter into) {
        copyName = run.contents().names().of(job(), into.name(), name);
    }

    /** The local file, as polled. */
    public SourceFile source() {
        return source;
    }

    /** Bytes, as polled. */
    public long size() {
        return source.size();
    }

    /** Bytes of the copy. */
    public long copySize() {
        return encryption().map(how -> how.recipients().size(size())).orElse(size());
    }

    private Optional<Encryption> encryption() {
        return job().encryption();
    }

    /** Last change, as polled. */
    public Instant modified() {
        return Instant.ofEpochMilli(source.modified());
    }

    /** The final name, absolute on the target. */
    public String path() {
        return folder.path() + "/" + copyName;
    }

    /** The temporary name beside the final one, absolute on the target. */
    public String part() {
        return part;
    }

    /** The permissions of the copy; -1 leaves them to the server. */
    public int mode() {
        return state.mode() < 0 ? -1 : job().target().modes().of(state.mode() | READABLE_BY_OWNER);
    }

    /** The permissions of the part file. A login of its own must be able to read it to verify it. */
    public int partMode() {
        boolean ownLogin = job().target().verifyLogin() != null;
        return mode() < 0 ? -1 : Permissions.PRIVATE | (ownLogin ? mode() : 0);
    }

    /** The permissions that the folders of the copy need. */
    int folderMode() {
        return mode() < 0
                ? -1
                : Permissions.ofFolder(mode())
                        & run.reach(source.file().getParentFile().toPath());
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

    /** Records that the server cannot be told to write to its disk: the local file must stay for a while. */
    public void notOnDisk() {
        onDisk = false;
    }

    /** Whether the copy is known to be on the server's disk, so that a power cut there does not lose it. */
    boolean onDisk() {
        return onDisk;
    }

    /** The checksum files beside the local file that match it. */
    List<String> matched() {
        return matched;
    }

    public DatedFolderWriter folder() {
        return folder;
    }

    long startedNanos() {
        return startedNanos;
    }

    /** What its record is found by while it is under way, also in the next run. */
    public String key() {
        return UploadRecords.key(
                job().name(), job().target().toString(), name, source.file().toPath());
    }

    /** Forgets how far an earlier attempt came, so that the next one begins from zero. */
    public void startOver() {
        run.uploads().remove(key());
    }

    /** Removes what was sent; call it only if it was {@link #started()}. */
    void discard() {
        startOver();
        try {
            run.connection().sessions().run(remote -> remote.remove(part));
        } catch (Exception e) {
            LOG.debug("{}: {} is left for the next run to remove", job().name(), part, e);
        }
    }

    /** The temporary name in a folder, absolute on the target. It stays, even if this node is another one later. */
    public synchronized String part(DatedFolderWriter into) {
        if (into != partIn) {
            part = into.path() + "/" + run.partName(into.path(), source, copyName);
            partIn = into;
        }
        return part;
    }

    /** That many more bytes of the copy were read. */
    public void progress(long read) {
        if (progress == null) {
            synchronized (this) {
                progress = progress == null ? run.progressOf(this) : progress;
            }
        }
        progress.accept(read);
    }

    /** Opens the file for one attempt, discarding any earlier attempt. */
    public HashingInputStream open(DatedFolderWriter into) throws IOException {
        return open(into, Optional.empty());
    }

    /** The same; {@code key} is what an earlier attempt of the same content was encrypted with, if the copy goes on. */
    public HashingInputStream open(DatedFolderWriter into, Optional<AgeKey> key) throws IOException {
        Optional<String> fault = encryption().flatMap(how -> CopyNames.fault(copyName));
        if (fault.isPresent()) {
            throw new IOException(fault.get());
        }
        state = checkUnchanged();
        into.begin(this);
        folder = into;
        part(into);
        startedNanos = System.nanoTime();
        // Read the checksum files first, so that an unreadable one fails before the upload.
        Path file = source.file().toPath();
        List<Expected> expected = run.checksums().of(file);
        Throttle throttle = run.connection().throttle();
        Optional<AgeKey> used = encryption().map(how -> key.orElseGet(() -> AgeKey.make(how.recipients())));
        stream = SourceStream.open(file, expected, used, run.contents().threads(), throttle.before(this::progress));
        return stream.sent();
    }

    /** What the copy is encrypted with in this attempt; empty if it is not. */
    public Optional<AgeKey> encryptionKey() {
        return stream.key();
    }

    /**
     * Checks that the whole file was sent and has not changed since it was polled.
     *
     * @throws ChangedFileException if the file changed
     * @throws SourceChecksumException if a checksum file beside it has another hash
     */
    public void checkSent() throws IOException {
        if (stream.content().count() != source.size()) {
            throw new ChangedFileException(name);
        }
        FileState now = checkUnchanged();
        matched = run.checksums().check(source.file().toPath(), stream.content());
        contentSha256 = stream.content().sha256();
        sha256 = stream.sent().sha256();
        if (!now.identity().equals(state.identity())) {
            // Either another file of the same size and time took its place, or only its mode changed: compare the
            // bytes.
            Path file = source.file().toPath();
            if (!HashingInputStream.sha256(file, read -> {}).equals(contentSha256)
                    || !FileState.of(file).equals(now)) {
                throw new ChangedFileException(name);
            }
        }
        state = now;
    }

    /** The file's value in the ledger. */
    String ledgerValue() {
        return CommittedFiles.value(state, contentSha256);
    }

    /** What the encrypted copy has inside; empty if it is not encrypted. Call it after {@link #checkSent}. */
    public Optional<PlainFile> content() {
        return encryption().map(how -> new PlainFile(copyName, sha256, name, contentSha256, size(), modified()));
    }

    /** The SHA-256 of what was sent, in lower-case hex; null before {@link #checkSent}. */
    public String sha256() {
        return sha256;
    }

    /** Throws if the file was written to since it was polled. */
    public void checkFinished() throws ChangedFileException {
        // Real time, as in the consumer's filter: file times come from the same clock.
        if (run.polled()
                && !run.checksums()
                        .readiness()
                        .isFinished(source.file(), source.modified(), System.currentTimeMillis())) {
            throw new ChangedFileException(name);
        }
    }

    private FileState checkUnchanged() throws IOException {
        // Fails with the reason if the file is gone or cannot be read.
        FileState now = FileState.of(source.file().toPath());
        if (now.size() != source.size() || now.modified() != source.modified()) {
            throw new ChangedFileException(name);
        }
        return now;
    }
}
