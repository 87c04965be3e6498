package dev.offsite.ship;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.source.SourceScan;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Completes a run: records its result, prunes the job if nothing failed, and publishes events. */
public final class ShipCompletion {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** After this time, a failure that goes on is told again. */
    private static final Duration REMINDER = Duration.ofDays(1);

    private final ShipContext context;
    private final Function<ShipResult, Optional<String>> prune;
    private final Consumer<JobEvent> events;
    private final Runnable idle;
    private final Map<String, JobEvent.Failed> told = new ConcurrentHashMap<>();
    private final Set<String> named = ConcurrentHashMap.newKeySet();

    /**
     * @param prune prunes the job after a run without failure; returns why that failed, or empty
     * @param events receives job events
     * @param idle disconnects what only runs need
     */
    public ShipCompletion(
            ShipContext context,
            Function<ShipResult, Optional<String>> prune,
            Consumer<JobEvent> events,
            Runnable idle) {
        this.context = context;
        this.prune = prune;
        this.events = events;
        this.idle = idle;
    }

    /** Whether files were shipped or failed, or nothing is left to ship after a failed run. */
    public boolean worthEnding(ShipResult result) {
        boolean settled =
                context.statuses().last(context.jobs().get(result.job())).pruning();
        return !result.empty() || (result.targetFailure() == null && !settled);
    }

    /** Records the result, prunes, and publishes events. Returns why pruning failed, or empty. */
    public Optional<String> end(ShipResult result) {
        Job job = context.jobs().get(result.job());
        LOG.debug("{}", result);
        if (result.shipped() > 0 && result.targetFailure() == null) {
            context.log().over(job.name());
        }
        context.log().stillFailing(job.name(), Set.copyOf(result.failed()));
        context.statuses().ended(job, result.succeeded());
        publish(result);
        Optional<String> problem = result.succeeded() ? prune.apply(result) : Optional.empty();
        context.verifier().awaitPrepared(job.target());
        context.connections().closeIdle();
        return problem;
    }

    private void publish(ShipResult result) {
        Instant now = context.clock().instant();
        if (result.shipped() > 0) {
            String weakest = result.weakest().map(Object::toString).orElse("");
            events.accept(new JobEvent.Shipped(
                    result.job(), now, result.shipped(), result.bytes(), result.folders(), weakest));
        }
        if (!result.succeeded() || result.targetFailure() != null) {
            failed(new JobEvent.Failed(result.job(), now, result.failures(), result.targetFailure()));
        } else {
            told.remove(result.job());
        }
    }

    /** A job that cannot even begin a run, because of its target or of what an earlier run left there. */
    public void refused(Job job, Exception cause) {
        String reason = FailureMessages.of(cause, job).message();
        context.log().failed(job.name(), "", reason);
        LOG.debug("{}: no run begins", job.name(), cause);
        context.statuses().ended(job, false);
        failed(new JobEvent.Failed(job.name(), context.clock().instant(), Map.of(), reason));
    }

    /** Not at each poll again, as long as nothing changes. */
    private void failed(JobEvent.Failed event) {
        JobEvent.Failed last = told.get(event.job());
        if (last == null || !event.repeats(last) || event.at().isAfter(last.at().plus(REMINDER))) {
            told.put(event.job(), event);
            events.accept(event);
        }
    }

    /** The source folder cannot be polled. */
    public void unreadable(String name, Exception cause) {
        String source = context.jobs().get(name).source().toString();
        context.log().failed(name, source, "the source folder cannot be read: " + Text.reason(cause));
    }

    /** What {@link #refused} the job before was overcome. */
    public void recovered(String name) {
        context.log().over(name);
    }

    void idle() {
        idle.run();
    }

    /** The files that the consumer silently skips. Each is logged once. */
    Map<String, String> passedOver(String name) {
        Job job = context.jobs().get(name);
        try {
            Map<String, String> unshippable =
                    SourceScan.of(context.camel(), job, file -> false).unshippable();
            unshippable.forEach((file, reason) -> {
                if (named.add(name + " " + file)) {
                    LOG.error("{}: {} not shipped: {}", name, Text.line(file), reason);
                }
            });
            return unshippable;
        } catch (IOException e) {
            context.log().failed(name, job.source().toString(), Text.reason(e));
            return Map.of();
        }
    }
}
