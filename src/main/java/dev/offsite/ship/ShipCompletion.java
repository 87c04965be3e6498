package dev.offsite.ship;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus.Unfit;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.source.Readiness;
import dev.offsite.source.SourceScan;
import dev.offsite.status.Observation;
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
    private final TargetPauses pauses;
    private final Function<ShipResult, Optional<String>> prune;
    private final Consumer<JobEvent> events;
    private final Consumer<Observation> observed;
    private final Runnable idle;
    private final Map<String, JobEvent.Failed> told = new ConcurrentHashMap<>();
    private final Map<String, Instant> reminded = new ConcurrentHashMap<>();
    private final Set<String> named = ConcurrentHashMap.newKeySet();

    /**
     * @param pauses hears whether targets can be used
     * @param prune prunes the job after a run without failure; returns why that failed, or empty
     * @param events receives job events
     * @param observed receives what is to be remembered
     * @param idle disconnects what only runs need
     */
    public ShipCompletion(
            ShipContext context,
            TargetPauses pauses,
            Function<ShipResult, Optional<String>> prune,
            Consumer<JobEvent> events,
            Consumer<Observation> observed,
            Runnable idle) {
        this.context = context;
        this.pauses = pauses;
        this.prune = prune;
        this.events = events;
        this.observed = observed;
        this.idle = idle;
    }

    /** Whether files were shipped or failed, or nothing is left to ship after a failed run. */
    public boolean worthEnding(ShipResult result) {
        return !result.empty()
                || (result.targetFailure() == null
                        && !context.statuses()
                                .last(context.jobs().get(result.job()))
                                .pruning());
    }

    /** Records the result, prunes, and publishes events. Returns why pruning failed, or empty. */
    public Optional<String> end(ShipResult result) {
        Job job = context.jobs().get(result.job());
        LOG.debug("{}", result);
        if (result.shipped() > 0 && result.targetFailure() == null) {
            context.log().over(job.name());
        }
        context.log().stillFailing(job.name(), Set.copyOf(result.failed()));
        try {
            context.statuses().ended(job, result.succeeded());
            context.trouble().debts().tidy(job);
            if (result.succeeded()) {
                context.statuses().unfit(job, Unfit.NOTHING);
            }
        } catch (StateException e) {
            if (result.succeeded()) {
                throw e;
            }
            // It is why the run failed. Without a result the ship counts as failed, too.
            LOG.debug("{}: not recorded", job.name(), e);
        }
        publish(result);
        Optional<String> problem = result.succeeded() ? prune.apply(result) : Optional.empty();
        // A refusal because of trouble that is known is logged as the trouble.
        problem.ifPresent(reason -> say(job, reason.replaceFirst("^nothing pruned: ", "")));
        context.verifier().awaitPrepared(job.target());
        context.connections().closeIdle();
        return problem;
    }

    /** A run that had nothing to ship. */
    public void nothing(String job) {
        observed.accept(new Observation.Ended(result(ShipResult.nothing(job, Map.of(), null), Result.NOTHING)));
    }

    private void publish(ShipResult result) {
        Instant now = context.clock().instant();
        if (result.targetFailure() == null) {
            pauses.worked(result.job());
            seeSpace(result);
        } else if (!result.rootRefused()) {
            pauses.failed(result.job());
        }
        boolean well = result.succeeded() && result.targetFailure() == null;
        observed.accept(new Observation.Unshipped(result.job(), now, result.failed()));
        observed.accept(new Observation.Ended(
                result(result, !well ? Result.FAILED : result.shipped() > 0 ? Result.OK : Result.NOTHING)));
        if (result.shipped() > 0) {
            String weakest = result.weakest().map(Object::toString).orElse("");
            boolean encrypted = context.jobs().get(result.job()).encryption().isPresent();
            events.accept(new JobEvent.Shipped(
                    result.job(), now, result.shipped(), result.bytes(), result.folders(), weakest, encrypted));
        }
        if (!result.succeeded() || result.targetFailure() != null) {
            failed(new JobEvent.Failed(result.job(), now, result.failures(), result.targetFailure()));
        } else {
            told.remove(result.job());
        }
    }

    /** What is free there now. A server that does not tell, or is gone, fails no run. */
    private void seeSpace(ShipResult result) {
        if (result.shipped() == 0) {
            return;
        }
        Job job = context.jobs().get(result.job());
        try {
            context.connections()
                    .to(job)
                    .sessions()
                    .call(remote -> remote.space(job.root()))
                    .ifPresent(space -> observed.accept(
                            new Observation.Space(job.name(), context.clock().instant(), space.bytes())));
        } catch (IOException e) {
            LOG.debug("{}: free space is not known", job.name(), e);
        }
    }

    private HistoryEntry result(ShipResult result, Result how) {
        return new HistoryEntry(
                result.job(),
                Verb.SHIP,
                how,
                context.clock().instant(),
                Duration.ofNanos(result.nanos()),
                result.shipped(),
                result.bytes(),
                result.failures().size(),
                result.folders().stream().map(RemotePath::name).toList(),
                Text.line(reason(result)));
    }

    /** Why it failed, in one line, or empty. */
    static String reason(ShipResult result) {
        if (result.targetFailure() != null) {
            return result.targetFailure();
        }
        return result.failures().entrySet().stream()
                .findFirst()
                .map(first -> result.failures().size() == 1
                        ? "%s: %s".formatted(first.getKey(), first.getValue())
                        : "%s: %s (and %d more)"
                                .formatted(
                                        first.getKey(),
                                        first.getValue(),
                                        result.failures().size() - 1))
                .orElse("");
    }

    /** Logs what is known to be wrong with the job's copies. */
    void remind(String name) {
        Job job = context.jobs().get(name);
        context.trouble().of(job).forEach(one -> say(job, one));
    }

    /** Once a day as long as it is the same. */
    private void say(Job job, String trouble) {
        Instant now = context.clock().instant();
        String line = job.name() + ": " + trouble;
        Instant last = reminded.get(line);
        if (last == null || now.isAfter(last.plus(REMINDER))) {
            reminded.values().removeIf(at -> now.isAfter(at.plus(REMINDER)));
            reminded.put(line, now);
            LOG.error("{}", line);
        }
    }

    /** A job that cannot even begin a run, because of its target or of what an earlier run left there. */
    public void refused(Job job, Throwable cause) {
        String reason = FailureMessages.ofShip(cause, job, context.connections().to(job), 0, Duration.ZERO)
                .message();
        context.log().failed(job.name(), "", reason);
        LOG.debug("{}: no run begins", job.name(), cause);
        context.commands().fault(job.name(), reason);
        failed(job, reason);
    }

    /** A command around a run failed, or was not run. */
    void commandFailed(Job job, String reason) {
        LOG.error("{}: {}", job.name(), reason);
        failed(job, reason);
    }

    private void failed(Job job, String reason) {
        try {
            context.statuses().ended(job, false);
        } catch (StateException e) {
            // The state may be the cause. Without a result the ship counts as failed, too.
            LOG.debug("{}: not recorded", job.name(), e);
        }
        observed.accept(new Observation.Ended(result(ShipResult.nothing(job.name(), Map.of(), reason), Result.FAILED)));
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
    public void unreadable(String name, Throwable cause) {
        if (cause instanceof StateException) {
            // Said once, whichever step meets it.
            context.log().failed(name, "", Text.reason(cause));
            return;
        }
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
        Readiness readiness = context.commands().readiness(job);
        try {
            SourceScan scan = SourceScan.of(
                    context.camel(),
                    job,
                    file -> readiness.reason(file.modified()).isPresent()
                            && !context.ledger().contains(job, file));
            Map<String, String> unshippable = scan.unshippable();
            scan.files()
                    .forEach(file -> unshippable.put(
                            file.below(job.source()),
                            readiness.reason(file.modified()).orElseThrow()));
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
