package dev.offsite.ship;

import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.io.UploadPermits;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus.Unfit;
import dev.offsite.job.VerificationMethod;
import dev.offsite.ledger.Ledger.Delay;
import dev.offsite.owner.RootException;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.LinkQuality;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetException;
import dev.offsite.source.FileState;
import dev.offsite.source.SourceChecksums;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
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
    /** The first file that does not fit may keep its space on the server for a moment. */
    private static final Duration UNTIL_FREED = Duration.ofSeconds(2);

    private static final int PRIVATE_FOLDER = 0700;

    private final ShipContext context;
    private final Job job;
    private final boolean polled;
    private final Function<Upload, String> place;
    private final SourceChecksums checksums;
    private final AfterCommit afterCommit;
    private final TargetConnection connection;
    private final LongConsumer progress;
    private final PollWindow intake;
    private final long startedNanos = System.nanoTime();
    private final AtomicBoolean begun = new AtomicBoolean();

    private final AtomicInteger shipped = new AtomicInteger();
    private final LongAdder bytes = new LongAdder();
    private final AtomicReference<VerificationMethod> weakest = new AtomicReference<>();
    private final Map<String, String> failures = new LinkedHashMap<>();
    private final Map<String, DatedFolderWriter> folders = new TreeMap<>();
    private final Map<Path, Integer> reach = new ConcurrentHashMap<>();
    /** The uploads that hold one of the {@link UploadPermits}. */
    private final Set<Upload> permitted = ConcurrentHashMap.newKeySet();

    private TargetException targetFailure;
    private final AtomicBoolean waited = new AtomicBoolean();
    private Unfit unfit = Unfit.NOTHING;
    /** Failures because of a full disk. */
    private final Set<Throwable> full = new HashSet<>();

    private final Set<String> said = new HashSet<>();
    /** Why a dated folder cannot be written into, by its path. */
    private final Map<String, TargetException> unusable = new HashMap<>();

    private StateException stateFailure;
    private volatile boolean stopping;

    /**
     * @param polled whether the files come from the job's own source, to be kept, moved or deleted; otherwise another
     *     route owns them
     * @param place the dated folder of a copy, absolute on the target
     * @param pollAgain makes the job's consumer poll again
     */
    ShipRun(
            ShipContext context,
            Job job,
            boolean polled,
            Function<Upload, String> place,
            LongConsumer progress,
            Runnable pollAgain,
            Consumer<ShipRun> whenDone) {
        this.context = context;
        this.job = job;
        this.polled = polled;
        this.place = place;
        this.checksums = new SourceChecksums(job.source(), job.ready());
        this.afterCommit = new AfterCommit(job, context.ledger());
        this.connection = context.connections().to(job);
        this.progress = progress;
        this.intake = new PollWindow(pollAgain, () -> whenDone.accept(this));
    }

    public Job job() {
        return job;
    }

    public TargetConnection connection() {
        return connection;
    }

    /** Whether its files come from the job's own source. */
    public boolean polled() {
        return polled;
    }

    SourceChecksums checksums() {
        return checksums;
    }

    AfterCommit afterCommit() {
        return afterCommit;
    }

    /**
     * Has the ledger forget a file that another one has replaced. Camel's lookup knows only its path, time and size.
     *
     * @return false if the run is to be stopped
     */
    public boolean recheck(File file) {
        new CommittedFiles(job, context.ledger()).has(SourceFile.of(file), read -> {
            if (stopping) {
                throw new CancellationException();
            }
        });
        return !stopping;
    }

    /** The temporary name of a copy; the same in the next run. */
    String partName(String folder, SourceFile file, String name) {
        return context.partNames().of(folder, name, file.size(), file.modified());
    }

    /** The permissions that a local folder of files, and those above it in the source, have in common. */
    int reach(Path folder) {
        Integer known = reach.get(folder);
        if (known == null) {
            int own = PRIVATE_FOLDER | mode(folder);
            boolean top = !folder.startsWith(job.source()) || folder.equals(job.source());
            known = top ? own : own & reach(folder.getParent());
            reach.put(folder, known);
        }
        return known;
    }

    private static int mode(Path folder) {
        try {
            return FileState.of(folder).mode();
        } catch (IOException e) {
            return 0;
        }
    }

    void progress(long read) {
        progress.accept(read);
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
        synchronized (this) {
            failures.put(
                    job.source().toString(),
                    cause instanceof StateException ? cause.getMessage() : "it cannot be read: " + Text.reason(cause));
        }
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
        if (targetFailure != null) {
            throw targetFailure;
        }
        if (stateFailure != null) {
            throw stateFailure;
        }
        String path = place.apply(copy);
        if (unusable.containsKey(path)) {
            throw unusable.get(path);
        }
        return folders.computeIfAbsent(path, folder -> open(folder, copy.folderMode()));
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
            throw broken(e);
        } catch (Exception e) {
            if (isTargetsFault(e, job)) {
                throw refuse(e);
            }
            FailureMessages problem = explain(e, 0);
            TargetException failure = new TargetException(problem.message(), e, false);
            unusable.put(path, failure);
            if (problem.full()) {
                full.add(failure);
            }
            throw failure;
        }
    }

    /** Whether a folder could not be opened because the target refuses us; not if its manifest is damaged or the disk full. */
    public static boolean isTargetsFault(Exception failure, Job job) {
        return !(failure instanceof DamagedManifestException)
                && !FailureMessages.of(failure, job).unexplained();
    }

    /** Records that the state cannot be read or written, so that no other file tries. It is logged once. */
    synchronized StateException broken(StateException cause) {
        if (stateFailure == null) {
            LOG.error("{}: {}", job.name(), cause.getMessage());
            intake.close();
            stateFailure = cause;
        }
        return stateFailure;
    }

    /** Records what failed after files were committed, and is no fault of a single one. */
    public synchronized void failed(String what, Throwable cause) {
        LOG.debug("{}: {}", job.name(), what, cause);
        String message = explain(cause, 0).message();
        if (cause instanceof StateException state) {
            broken(state);
        } else {
            LOG.error("{}: {}: {}", job.name(), what, message);
        }
        failures.put(what, message);
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
        if (permitted.contains(copy)) {
            return;
        }
        connection.slots().take(job.byLink() ? Math.min(job.parallel(), link().uploads()) : Integer.MAX_VALUE);
        permitted.add(copy);
        if (stopping) {
            throw new TargetException("stopped before it was its turn", null);
        }
    }

    public void giveSlot(Upload copy) {
        if (permitted.remove(copy)) {
            connection.slots().give();
        }
    }

    public LinkQuality link() {
        try {
            return connection.sessions().link();
        } catch (IOException e) {
            throw refuse(e);
        }
    }

    /** Records that the target cannot be used, so that no other file tries. Only the first reason counts. */
    public synchronized TargetException refuse(Exception cause) {
        if (targetFailure == null) {
            intake.close();
            targetFailure = new TargetException(explain(cause, 0).message(), cause, !RootException.isCauseOf(cause));
        }
        return targetFailure;
    }

    /** Records a commit: the file is in the manifest and, if it is the job's own, in the ledger. */
    public void shipped(Upload copy) {
        try {
            shipped.incrementAndGet();
            context.log().shipped(job.name(), copy.name());
            copy.end();
            if (polled) {
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
            intake.done(copy.source().file(), true);
        }
    }

    public void failed(Upload copy, Throwable cause) {
        try {
            giveSlot(copy);
            if (copy.started()) {
                removePart(copy);
            }
            copy.end();
            record(copy, cause);
        } catch (RuntimeException | Error e) {
            failed(copy.name(), e);
        } finally {
            intake.done(copy.source().file(), false);
        }
    }

    private void record(Upload copy, Throwable cause) {
        FailureMessages problem = explain(cause, copy.size());
        synchronized (this) {
            failures.put(copy.name(), problem.message());
            if (problem.unexplained() || full.contains(cause)) {
                unfit = unfit.plus(copy.size(), problem.full() || !problem.unexplained());
            }
            if (cause instanceof StateException state) {
                broken(state);
            } else if (stopping && !copy.started()) {
                LOG.info("{}: {} waits for the next run", job.name(), Text.line(copy.name()));
            } else if (problem.target() || cause instanceof TargetException) {
                // Logged once for all files.
                if (said.add(problem.message())) {
                    context.log().failed(job.name(), "", problem.message());
                }
                if (problem.target()) {
                    refuse((Exception) cause);
                }
            } else {
                String message = "%s not shipped: %s".formatted(Text.line(copy.name()), problem.message());
                context.log().failed(job.name(), copy.name(), message);
            }
            LOG.debug("{}: {}", job.name(), copy.name(), cause);
        }
    }

    /** Adds the free space on the server if it gave no reason for the failure. */
    private FailureMessages explain(Throwable cause, long size) {
        boolean first = FailureMessages.of(cause, job).unexplained() && !waited.getAndSet(true);
        return FailureMessages.ofShip(cause, job, connection, size, first ? UNTIL_FREED : Duration.ZERO);
    }

    private void removePart(Upload copy) {
        try {
            connection.sessions().run(remote -> remote.remove(copy.part()));
        } catch (Exception e) {
            LOG.debug("{}: {} is left for the next run to remove", job.name(), copy.part(), e);
        }
    }

    /** Call it only after the run is done. */
    synchronized ShipResult result() {
        settle();
        folders.keySet().forEach(path -> context.folders().release(job, path, failures.isEmpty()));
        if (polled && begun.get() && targetFailure == null) {
            context.statuses()
                    .unfit(
                            job,
                            unfit.in(folders.keySet().stream()
                                    .map(RemotePath::name)
                                    .toList()));
        }
        context.ledger().sync();
        return new ShipResult(
                job.name(),
                List.copyOf(folders.keySet()),
                shipped.get(),
                bytes.sum(),
                System.nanoTime() - startedNanos,
                failures,
                targetFailure == null ? null : targetFailure.getMessage(),
                targetFailure != null && !targetFailure.isWhole(),
                Optional.ofNullable(weakest.get()));
    }
}
