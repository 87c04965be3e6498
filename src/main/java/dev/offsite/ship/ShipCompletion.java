package dev.offsite.ship;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.source.SourceScan;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
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

    private final Jobs jobs;
    private final TargetConnections connections;
    private final JobStatus statuses;
    private final Verifier verifier;
    private final Clock clock;
    private final Steps steps;
    private final Set<String> named = ConcurrentHashMap.newKeySet();

    /**
     * The component's part of completing a run.
     *
     * @param scan lists the source of a job
     * @param prune prunes the job after a run without failure; returns why that failed, or empty
     * @param events receives job events
     * @param idle disconnects what only runs need
     */
    public record Steps(
            Scan scan, Function<ShipResult, Optional<String>> prune, Consumer<JobEvent> events, Runnable idle) {}

    @FunctionalInterface
    public interface Scan {
        SourceScan of(Job job) throws IOException;
    }

    public ShipCompletion(
            Jobs jobs, TargetConnections connections, JobStatus statuses, Verifier verifier, Clock clock, Steps steps) {
        this.jobs = jobs;
        this.connections = connections;
        this.statuses = statuses;
        this.verifier = verifier;
        this.clock = clock;
        this.steps = steps;
    }

    /** Whether files were shipped or failed, or nothing is left to ship after a failed run. */
    public boolean worthEnding(ShipResult result) {
        boolean settled = statuses.last(jobs.get(result.job())).pruning();
        return !result.empty() || (result.targetFailure() == null && !settled);
    }

    /** Records the result, prunes, and publishes events. Returns why pruning failed, or empty. */
    public Optional<String> end(ShipResult result) {
        Job job = jobs.get(result.job());
        LOG.debug("{}", result);
        statuses.ended(job, result.succeeded());
        publish(result);
        Optional<String> problem = result.succeeded() ? steps.prune().apply(result) : Optional.empty();
        verifier.awaitPrepared(job.target());
        connections.closeIdle();
        return problem;
    }

    private void publish(ShipResult result) {
        Instant now = clock.instant();
        if (result.shipped() > 0) {
            steps.events()
                    .accept(new JobEvent.Shipped(
                            result.job(),
                            now,
                            result.shipped(),
                            result.bytes(),
                            result.folders(),
                            result.weakest().map(Object::toString).orElse("")));
        }
        if (!result.succeeded() || result.targetFailure() != null) {
            steps.events().accept(new JobEvent.Failed(result.job(), now, result.failed(), result.targetFailure()));
        }
    }

    void idle() {
        steps.idle().run();
    }

    /** The files that the consumer silently skips. Each is logged once. */
    List<String> passedOver(String name) {
        Job job = jobs.get(name);
        try {
            Map<String, String> unshippable = steps.scan().of(job).unshippable();
            unshippable.forEach((file, reason) -> {
                if (named.add(name + " " + file)) {
                    LOG.error("{}: {} not shipped: {}", name, Text.line(file), reason);
                }
            });
            return List.copyOf(unshippable.keySet());
        } catch (IOException e) {
            LOG.error("{}: {}", name, e.getMessage());
            return List.of();
        }
    }
}
