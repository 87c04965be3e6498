package dev.offsite.ship;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.source.SourceScan;
import java.io.IOException;
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

    private final ShipContext context;
    private final Function<ShipResult, Optional<String>> prune;
    private final Consumer<JobEvent> events;
    private final Runnable idle;
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
            events.accept(new JobEvent.Failed(result.job(), now, result.failed(), result.targetFailure()));
        }
    }

    void idle() {
        idle.run();
    }

    /** The files that the consumer silently skips. Each is logged once. */
    List<String> passedOver(String name) {
        Job job = context.jobs().get(name);
        try {
            Map<String, String> unshippable =
                    SourceScan.of(context.camel(), job, file -> false).unshippable();
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
