package dev.offsite.ship;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.ledger.Ledger;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.LinkQuality;
import dev.offsite.sftp.SshException;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetException;
import dev.offsite.sftp.UploadPermits;
import dev.offsite.source.SourceChecksums;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.IOException;
import java.util.ArrayList;
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

/** One look through a job's source and all that comes of it: which files were shipped, which were not, and why. */
public final class ShipRun {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Job job;
    private final boolean polled;
    private final Function<Upload, String> place;
    private final SourceChecksums checksums;
    private final TargetConnection connection;
    private final Ledger ledger;
    private final DatedFolderLocks openFolders;
    private final Consumer<String> opened;
    private final LongConsumer progress;
    private final PollWindow intake;
    private final long startedNanos = System.nanoTime();
    private final AtomicBoolean begun = new AtomicBoolean();

    private final AtomicInteger shipped = new AtomicInteger();
    private final LongAdder bytes = new LongAdder();
    private final AtomicReference<VerificationMethod> weakest = new AtomicReference<>();
    private final List<String> failures = new ArrayList<>();
    private TargetException targetFailure;
    private final Map<String, DatedFolderWriter> folders = new TreeMap<>();
    private boolean targetFailureSaid;
    private volatile boolean stopping;

    /**
     * @param polled whether its files are the job's own, to keep, move or delete; otherwise they are another route's, and
     *     that route's to take away
     * @param place the dated folder that a copy goes into, absolute on the target
     * @param opened told of each such folder that is ready for copies
     * @param pollAgain has the job's consumer look for more
     */
    ShipRun(
            Job job,
            boolean polled,
            Function<Upload, String> place,
            TargetConnection connection,
            Ledger ledger,
            DatedFolderLocks openFolders,
            Consumer<String> opened,
            LongConsumer progress,
            Runnable pollAgain,
            Consumer<ShipRun> whenDone) {
        this.job = job;
        this.polled = polled;
        this.place = place;
        this.checksums = new SourceChecksums(job.source(), job.ready());
        this.connection = connection;
        this.ledger = ledger;
        this.openFolders = openFolders;
        this.opened = opened;
        this.progress = progress;
        this.intake = new PollWindow(pollAgain, () -> whenDone.accept(this));
    }

    public Job job() {
        return job;
    }

    public TargetConnection connection() {
        return connection;
    }

    /** Whether its files are the job's own. */
    boolean polled() {
        return polled;
    }

    SourceChecksums checksums() {
        return checksums;
    }

    void progress(long read) {
        progress.accept(read);
    }

    /** Has files that are not being uploaded yet fail instead of starting. */
    void stop() {
        stopping = true;
    }

    /** Which of the files it has taken in, and whether more are to come. */
    public PollWindow intake() {
        return intake;
    }

    /** Whether that many of its files are all that are not done. */
    public boolean isDownTo(int waiting) {
        return intake.isDownTo(waiting);
    }

    /** Whether this is asked for the first time. */
    boolean begins() {
        return begun.compareAndSet(false, true);
    }

    /** A poll failed: who knows what there is besides the files that were polled before it. */
    void cut() {
        if (begun.get()) {
            synchronized (this) {
                failures.add(job.source().toString());
            }
        }
        intake.polled(false, 0);
    }

    /**
     * The dated folder that a copy goes into, made at its first use. The first file alone finds out whether the target
     * can be used; if it cannot, no other file tries.
     *
     * @throws TargetException if it cannot
     */
    public synchronized DatedFolderWriter folder(Upload copy) {
        if (stopping) {
            throw new TargetException("stopped before it was its turn", null);
        }
        if (targetFailure != null) {
            throw targetFailure;
        }
        return folders.computeIfAbsent(place.apply(copy), this::open);
    }

    private DatedFolderWriter open(String path) {
        try {
            DatedFolderWriter open = openFolders.acquire(job, path, connection.sessions());
            opened.accept(path);
            return open;
        } catch (Exception e) {
            throw refuse(e);
        }
    }

    /**
     * Waits until the link has room for another upload. A file that is tried again still has its slot.
     *
     * @throws TargetException if the run is stopped meanwhile
     */
    public void takeSlot(Upload copy) throws IOException {
        if (copy.hasSlot()) {
            return;
        }
        connection.slots().take(job.byLink() ? Math.min(job.parallel(), UploadPermits.on(link())) : Integer.MAX_VALUE);
        copy.slot(true);
        if (stopping) {
            throw new TargetException("stopped before it was its turn", null);
        }
    }

    /** Its upload has ended. */
    public void giveSlot(Upload copy) {
        if (copy.hasSlot()) {
            copy.slot(false);
            connection.slots().give();
        }
    }

    /** The link to the target. */
    public LinkQuality link() {
        try {
            return connection.sessions().link();
        } catch (SshException e) {
            throw refuse(e);
        }
    }

    /** Has no other file try, since the target cannot be used; the first reason counts. */
    public synchronized TargetException refuse(Exception cause) {
        if (targetFailure == null) {
            intake.close();
            targetFailure = new TargetException(explain(cause, 0).message(), cause);
        }
        return targetFailure;
    }

    /** Records that a file is committed: listed in the manifest and, if it is the job's own, in the ledger. */
    public void shipped(Upload copy) {
        try {
            shipped.incrementAndGet();
            copy.end();
            if (polled) {
                settle(copy);
            }
            bytes.add(copy.size());
            weakest.accumulateAndGet(copy.verification(), (a, b) -> a == null || a.atLeast(b) ? b : a);
            LOG.info(
                    "{}: {} -> {} ({}, {} s, {}{})",
                    job.name(),
                    Text.line(copy.name()),
                    Text.line(copy.path()),
                    Text.size(copy.size()),
                    Text.seconds(System.nanoTime() - copy.startedNanos()),
                    copy.verification(),
                    copy.matched().isEmpty()
                            ? ""
                            : ", as " + Text.line(String.join(" and ", copy.matched())) + " has it");
        } finally {
            intake.done(copy.file(), true);
        }
    }

    /** The file is committed, in the manifest and in the ledger: now, and only now, it may go. */
    private void settle(Upload copy) {
        AfterCommit.settle(
                job,
                ledger,
                new SourceFile(copy.file(), copy.size(), copy.modified().toEpochMilli()));
    }

    /** Records why a file was not shipped, and removes what is left of it on the server. */
    public void failed(Upload copy, Throwable cause) {
        giveSlot(copy);
        if (copy.started()) {
            removePart(copy);
        }
        copy.end();
        FailureMessages problem = explain(cause, copy.size());
        synchronized (this) {
            failures.add(copy.name());
            if (stopping && !copy.started()) {
                LOG.info("{}: {} waits for the next run", job.name(), Text.line(copy.name()));
            } else if (problem.target()) {
                // The first of its files says it for all.
                if (!targetFailureSaid) {
                    LOG.error("{}: {}", job.name(), problem.message());
                }
                targetFailureSaid = true;
                refuse((Exception) cause);
            } else {
                LOG.error("{}: {} not shipped: {}", job.name(), Text.line(copy.name()), problem.message());
            }
            LOG.debug("{}: {}", job.name(), copy.name(), cause);
        }
        intake.done(copy.file(), false);
    }

    /** The problem; where the server gives no reason, with the space it has left. */
    private FailureMessages explain(Throwable cause, long size) {
        FailureMessages problem = FailureMessages.of(cause, job);
        if (!problem.unexplained()) {
            return problem;
        }
        try {
            return connection
                    .sessions()
                    .call(remote -> remote.free(job.root()))
                    .map(free -> problem.withFree(free, size, job))
                    .orElse(problem);
        } catch (Exception e) {
            LOG.debug("{}: no free space known", job.name(), e);
            return problem;
        }
    }

    private void removePart(Upload copy) {
        try {
            connection.sessions().call(remote -> {
                remote.remove(copy.part());
                return null;
            });
        } catch (Exception e) {
            LOG.debug("{}: {} is left for the next run to remove", job.name(), copy.part(), e);
        }
    }

    /** What came of it; only after the run is done. */
    synchronized ShipResult result() {
        folders.keySet().forEach(path -> openFolders.release(job, path, failures.isEmpty()));
        ledger.flush();
        return new ShipResult(
                job.name(),
                List.copyOf(folders.keySet()),
                shipped.get(),
                bytes.sum(),
                System.nanoTime() - startedNanos,
                List.copyOf(failures),
                targetFailure == null ? null : targetFailure.getMessage(),
                Optional.ofNullable(weakest.get()));
    }
}
