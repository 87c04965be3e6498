package dev.offsite.ship;

import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus;
import dev.offsite.job.JobStatus.Unfit;
import dev.offsite.owner.RootException;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What failed in a run: files, dated folders, the target, the state here. What fails for all is logged once. */
final class RunFailures {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** The first file that does not fit may keep its space on the server for a moment. */
    private static final Duration UNTIL_FREED = Duration.ofSeconds(2);

    private final Job job;
    private final TargetConnection connection;
    private final FailureLog log;
    private final Runnable noMore;

    private final Map<String, String> byName = new LinkedHashMap<>();
    private TargetException targetFailure;
    private final AtomicBoolean waited = new AtomicBoolean();
    private Unfit unfit = Unfit.NOTHING;
    /** Failures because of a full disk. */
    private final Set<Throwable> full = new HashSet<>();

    private final Set<String> said = new HashSet<>();
    /** Why a dated folder cannot be written into, by its path. */
    private final Map<String, TargetException> unusable = new HashMap<>();

    private StateException stateFailure;

    /** {@code noMore}: called when no other file can be shipped */
    RunFailures(Job job, TargetConnection connection, FailureLog log, Runnable noMore) {
        this.job = job;
        this.connection = connection;
        this.log = log;
        this.noMore = noMore;
    }

    synchronized void put(String name, String message) {
        byName.put(name, message);
    }

    /** The messages, by file or by what failed. Call it only after the run is done, as {@link #recordUnfit}. */
    synchronized Map<String, String> byName() {
        return byName;
    }

    synchronized Optional<TargetException> ofTarget() {
        return Optional.ofNullable(targetFailure);
    }

    /** Remembers what did not fit on the server. {@code dated}: the names of the folders that the run wrote into */
    synchronized void recordUnfit(JobStatus statuses, List<String> dated) {
        try {
            statuses.unfit(job, unfit.in(dated));
        } catch (StateException e) {
            // Most likely said already.
            put(job.name(), broken(e).getMessage());
        }
    }

    /** The path of a dated folder; throws if it is known that nothing can be written there. */
    synchronized String unlessUnusable(Supplier<String> path) {
        if (targetFailure != null) {
            throw targetFailure;
        }
        if (stateFailure != null) {
            throw stateFailure;
        }
        String folder = path.get();
        if (unusable.containsKey(folder)) {
            throw unusable.get(folder);
        }
        return folder;
    }

    /** Records that a dated folder cannot be used, so that no other file tries, or else the target. */
    synchronized TargetException unusable(String path, Exception cause) {
        if (ShipRun.isTargetsFault(cause, job)) {
            return refuse(cause);
        }
        FailureMessages problem = explain(cause, 0);
        TargetException failure = new TargetException(problem.message(), cause, false);
        unusable.put(path, failure);
        if (problem.full()) {
            full.add(failure);
        }
        return failure;
    }

    /** Records that the state cannot be read or written, so that no other file tries. It is logged once. */
    synchronized StateException broken(StateException cause) {
        if (stateFailure == null) {
            log.failed(job.name(), "", cause.getMessage());
            noMore.run();
            stateFailure = cause;
        }
        return stateFailure;
    }

    /** Records what is no fault of a single file. */
    synchronized void failed(String what, Throwable cause) {
        LOG.debug("{}: {}", job.name(), what, cause);
        String message = explain(cause, 0).message();
        if (cause instanceof StateException state) {
            broken(state);
        } else {
            LOG.error("{}: {}: {}", job.name(), what, message);
        }
        byName.put(what, message);
    }

    /** Records that the target cannot be used, so that no other file tries. Only the first reason counts. */
    synchronized TargetException refuse(Exception cause) {
        if (targetFailure == null) {
            noMore.run();
            targetFailure = new TargetException(explain(cause, 0).message(), cause, !RootException.isCauseOf(cause));
        }
        return targetFailure;
    }

    /** Records why a file was not shipped. */
    void failed(Upload copy, Throwable cause, boolean stopping) {
        FailureMessages problem = explain(cause, copy.size()).ofName(copy.name());
        synchronized (this) {
            byName.put(copy.name(), problem.message());
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
                    log.failed(job.name(), "", problem.message());
                }
                if (problem.target()) {
                    refuse((Exception) cause);
                }
            } else {
                String message = "%s not shipped: %s".formatted(Text.line(copy.name()), problem.message());
                log.failed(job.name(), copy.name(), message);
            }
            LOG.debug("{}: {}", job.name(), copy.name(), cause);
        }
    }

    /** Adds the free space on the server if it gave no reason for the failure. */
    private FailureMessages explain(Throwable cause, long size) {
        boolean first = FailureMessages.of(cause, job).unexplained() && !waited.getAndSet(true);
        return FailureMessages.ofShip(cause, job, connection, size, first ? UNTIL_FREED : Duration.ZERO);
    }
}
