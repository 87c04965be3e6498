package dev.offsite.ship;

import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.ledger.Delay;
import dev.offsite.resume.UploadRecords;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.LinkQuality;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetException;
import dev.offsite.source.FileClaims;
import dev.offsite.source.FilePortion;
import dev.offsite.source.FolderModes;
import dev.offsite.source.PolledClaims;
import dev.offsite.source.SourceChecksums;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over a job's source: which files were shipped, which were not, and why. */
public final class ShipRun {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private final ShipContext context;
    private final Job job;
    /** Where the files come from. */
    enum Origin {
        /** From the job's own source, to be kept, moved or deleted. */
        POLLED,
        /** From another route, which owns them. */
        PUT,
        REPAIR
    }

    private final Origin origin;
    private final Function<Upload, String> place;
    private final SourceChecksums checksums;
    private final AfterCommit afterCommit;
    private final TargetConnection connection;
    private final Function<Upload, LongConsumer> progress;
    private final Consumer<Upload> listener;
    private final PollWindow intake;
    private final long startedNanos = System.nanoTime();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicInteger shipped = new AtomicInteger();
    private final LongAdder bytes = new LongAdder();
    private final AtomicReference<VerificationMethod> weakest = new AtomicReference<>();
    private final Map<String, DatedFolderWriter> folders = new TreeMap<>();
    private final FolderModes modes;
    private final FileClaims claims;
    private final PolledClaims polledClaims;
    private final RunFailures failures;
    private volatile boolean stopping;

    /**
     * @param place the dated folder of a copy, absolute on the target
     * @param pollAgain makes the job's consumer poll again
     */
    ShipRun(
            ShipContext context,
            Job job,
            Origin origin,
            Function<Upload, String> place,
            Function<Upload, LongConsumer> progress,
            Consumer<Upload> listener,
            Runnable pollAgain,
            Consumer<ShipRun> whenDone) {
        this.context = context;
        this.job = job;
        this.origin = origin;
        this.place = place;
        this.checksums = context.checksums(job, polled());
        this.modes = new FolderModes(job.source());
        this.claims = new FileClaims(job, context.cluster());
        this.polledClaims = new PolledClaims(claims, committed()::among);
        this.afterCommit = new AfterCommit(job, context.ledger());
        this.connection = context.connections().to(job);
        this.progress = progress;
        this.listener = listener;
        this.intake = new PollWindow(pollAgain, () -> whenDone.accept(this));
        this.failures = new RunFailures(job, connection, context.log(), intake::close);
    }

    public Job job() {
        return job;
    }

    public TargetConnection connection() {
        return connection;
    }

    public boolean polled() {
        return origin == Origin.POLLED;
    }

    /** Whether it writes copies again that were lost, so that the backup gets no newer. */
    public boolean repairs() {
        return origin == Origin.REPAIR;
    }

    public SourceChecksums checksums() {
        return checksums;
    }

    AfterCommit afterCommit() {
        return afterCommit;
    }

    public CommittedFiles committed() {
        return new CommittedFiles(job, context.ledger());
    }

    /** The files that this node of a cluster looks at first. */
    public FilePortion portion() {
        return FilePortion.of(context.cluster());
    }

    /** What nodes of a cluster work on. */
    public FileClaims claims() {
        return claims;
    }

    /** The claims of the files that it polls now. */
    public PolledClaims polledClaims() {
        return polledClaims;
    }

    UploadRecords uploads() {
        return context.folders().uploads();
    }

    /** The temporary name of a copy; the same in the next run. */
    String partName(String folder, SourceFile file, String name) {
        return context.partNames().of(folder, name, file.size(), file.modified());
    }

    Contents contents() {
        return context.folders().contents();
    }

    /** The permissions that a local folder of files, and those above it in the source, have in common. */
    int reach(Path folder) {
        return modes.common(folder);
    }

    LongConsumer progressOf(Upload upload) {
        return progress.apply(upload);
    }

    void stop() {
        stopping = true;
    }

    public boolean isStopping() {
        return stopping;
    }

    public PollWindow intake() {
        return intake;
    }

    /** Whether this is the first call. */
    boolean begins() {
        return begun.compareAndSet(false, true);
    }

    /** A poll failed, so there may be files that were not seen. */
    void cut(Throwable cause) {
        failures.put(
                job.source().toString(),
                cause instanceof StateException ? cause.getMessage() : "it cannot be read: " + Text.reason(cause));
        intake.polled(false, 0);
    }

    /**
     * The dated folder of a copy, created at first use. Only the first file tries whether the target can be used; if
     * not, all others fail at once.
     *
     * @throws TargetException if the target cannot be used
     */
    public synchronized DatedFolderWriter folder(Upload copy) {
        if (stopping) {
            throw new TargetException("stopped before it was its turn", null);
        }
        String path = failures.unlessUnusable(() -> place.apply(copy));
        DatedFolderWriter into = folders.computeIfAbsent(path, folder -> open(folder, copy.folderMode()));
        copy.placed(into);
        return into;
    }

    private DatedFolderWriter open(String path, int mode) {
        try {
            DatedFolderWriter open = context.folders().acquire(job, path, connection.sessions(), mode);
            boolean noted = false;
            try {
                new LostCopies(context, job, connection.sessions()).note(open);
                noted = true;
            } finally {
                if (!noted) {
                    context.folders().release(job, path, false);
                }
            }
            context.verifier().prepare(job, path);
            return open;
        } catch (StateException e) {
            throw failures.broken(e);
        } catch (Exception e) {
            throw failures.unusable(path, e);
        }
    }

    /** Whether a folder could not be opened because the target refuses us; not if its manifest is damaged or the disk full. */
    public static boolean isTargetsFault(Exception failure, Job job) {
        return !(failure instanceof DamagedManifestException)
                && !FailureMessages.of(failure, job).unexplained();
    }

    /** Records what failed after files were committed, and is no fault of a single one. */
    public void failed(String what, Throwable cause) {
        failures.failed(what, cause);
    }

    /** Moves or deletes the files of this run that the ledger has on disk. */
    public void settle() {
        try {
            afterCommit.settleCommitted();
        } catch (RuntimeException | Error e) {
            failed("what was shipped could not be moved or deleted here", e);
        }
    }

    /** Waits until another upload may start; throws if the run is stopped. A file that is retried keeps its slot. */
    public void takeSlot(Upload copy) throws IOException {
        connection
                .slots()
                .takeOnce(copy, () -> job.byLink() ? Math.min(job.parallel(), link().uploads()) : Integer.MAX_VALUE);
        if (stopping) {
            throw new TargetException("stopped before it was its turn", null);
        }
    }

    public void giveSlot(Upload copy) {
        connection.slots().giveBack(copy);
    }

    public LinkQuality link() {
        try {
            return connection.sessions().link();
        } catch (IOException e) {
            throw refuse(e);
        }
    }

    /** Records that the target cannot be used, so that no other file tries. Only the first reason counts. */
    public TargetException refuse(Exception cause) {
        return failures.refuse(cause);
    }

    /** Records a commit: the file is in the manifest and, if it is the job's own, in the ledger. */
    public void shipped(Upload copy) {
        try {
            shipped.incrementAndGet();
            context.log().shipped(job.name(), copy.name());
            copy.end();
            copy.startOver();
            if (polled()) {
                // Only now is the file in both the manifest and the ledger.
                context.ledger().add(job, copy.source(), copy.ledgerValue());
                if (copy.onDisk()) {
                    afterCommit.committed(copy.source());
                } else {
                    afterCommit.delay(
                            copy.source(),
                            new Delay(context.clock().instant(), copy.folder().name()));
                }
            }
            bytes.add(copy.size());
            weakest.accumulateAndGet(copy.verification(), (a, b) -> a == null || a.atLeast(b) ? b : a);
            listener.accept(copy);
            String matched = Text.line(String.join(" and ", copy.matched()));
            LOG.info(
                    "{}: {} -> {} ({}, {} s, {}{})",
                    job.name(),
                    Text.line(copy.name()),
                    Text.line(copy.path()),
                    Text.size(copy.size()),
                    Text.seconds(System.nanoTime() - copy.startedNanos()),
                    copy.verification(),
                    matched.isEmpty() ? "" : ", as " + matched + " has it");
        } finally {
            claims.release(copy.source().file());
            intake.done(copy.source().file(), true);
        }
    }

    public void failed(Upload copy, Throwable cause) {
        try {
            giveSlot(copy);
            if (copy.started() && !uploads().survives(copy.key(), cause)) {
                copy.discard();
            }
            copy.end();
            failures.failed(copy, cause, stopping);
        } catch (RuntimeException | Error e) {
            failed(copy.name(), e);
        } finally {
            claims.release(copy.source().file());
            intake.done(copy.source().file(), false);
        }
    }

    /** Call it only after the run is done. */
    synchronized ShipResult result() {
        settle();
        folders.keySet().forEach(path -> context.folders()
                .release(job, path, failures.byName().isEmpty()));
        if (polled() && begun.get() && failures.ofTarget().isEmpty()) {
            failures.recordUnfit(
                    context.statuses(),
                    folders.keySet().stream().map(RemotePath::name).toList());
        }
        context.ledger().sync();
        return new ShipResult(
                job.name(),
                List.copyOf(folders.keySet()),
                shipped.get(),
                bytes.sum(),
                System.nanoTime() - startedNanos,
                failures.byName(),
                failures.ofTarget().map(TargetException::getMessage).orElse(null),
                failures.ofTarget().filter(target -> !target.isWhole()).isPresent(),
                Optional.ofNullable(weakest.get()));
    }
}
