package dev.offsite.cli;

import dev.offsite.command.JobCommands;
import dev.offsite.io.Clocks;
import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.ScheduleLog;
import dev.offsite.job.Setting;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.owner.RootException;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.ship.AfterCommit;
import dev.offsite.ship.CommittedFiles;
import dev.offsite.ship.CrashRecovery;
import dev.offsite.ship.RunCommands;
import dev.offsite.ship.ShipCompletion;
import dev.offsite.ship.ShipResult;
import dev.offsite.ship.ShipRun;
import dev.offsite.source.SourceFiles;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.support.ScheduledPollConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ships one job once: all files that are ready, or become ready within a bounded wait. Everything else is reported. */
public final class ShipOnce {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** After this many quiet periods, a file that still changes is skipped. */
    private static final int PATIENCE = 6;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    /** How often to look whether other nodes have ended. */
    private static final Duration OTHERS_AGAIN = Duration.ofSeconds(1);

    private final CamelApplication routes;
    private final Ledger ledger;
    private final Clock clock;
    private final ShipReport report;
    private final boolean progress;

    ShipOnce(CamelApplication routes) {
        this(routes, null, true);
    }

    /**
     * @param report collects what happens to each file; may be null
     * @param progress whether to show it on a terminal
     */
    ShipOnce(CamelApplication routes, ShipReport report, boolean progress) {
        this.progress = progress;
        this.routes = routes;
        this.report = report;
        this.ledger = routes.services().ledger();
        this.clock = Clocks.of(routes.context());
    }

    /**
     * @param result of the run; empty if nothing was new
     * @param note why pruning failed, or empty
     * @param trouble what else is known to be wrong with the job's copies, each in one line
     */
    record Outcome(ShipResult result, int exitCode, String note, List<String> trouble) {
        private Outcome with(String more) {
            List<String> all = Stream.concat(trouble.stream(), Stream.of(more)).toList();
            return new Outcome(result, ExitCode.worst(exitCode, ExitCode.FAILED), note, all);
        }

        /** Why the run failed, if the result does not say so. */
        private String reason() {
            boolean says = exitCode == ExitCode.OK || !result.succeeded() || result.targetFailure() != null;
            return says
                    ? ""
                    : String.join(
                            "; ",
                            Stream.concat(Stream.of(note), trouble.stream())
                                    .filter(one -> !one.isEmpty())
                                    .toList());
        }
    }

    /** With the commands around the run. */
    Outcome ship(String name) {
        Job job = routes.services().jobs().get(name);
        RunCommands commands = routes.services().runs().commands();
        Outcome outcome = commands.before(job)
                .map(reason -> notBegun(name, JobCommands.BEFORE, reason))
                .orElseGet(() -> ship(job));
        return commands.after(job, outcome.result(), outcome.reason())
                .map(outcome::with)
                .orElse(outcome);
    }

    private static Outcome notBegun(String name, String what, String why) {
        return new Outcome(ShipResult.nothing(name, Map.of(what, why), null), ExitCode.FAILED, "", List.of());
    }

    /** A failure that nobody has explained ends the job, not the others. */
    private Outcome ship(Job job) {
        String name = job.name();
        try {
            routes.services().statuses().begins(job);
            Optional<String> missing = routes.services().sources().folder(job);
            if (missing.isPresent()) {
                LOG.error("{}: {}", name, missing.get());
                Map<String, String> failures = Map.of(job.source().toString(), missing.get());
                return ended(ShipResult.nothing(name, failures, null), false);
            }
            Optional<String> notAccepted = routes.services().recipients().fault(job);
            if (notAccepted.isPresent()) {
                LOG.error("{}: {}", name, notAccepted.get());
                return ended(
                        ShipResult.nothing(name, Map.of(Setting.ENCRYPT_TO.key(), notAccepted.get()), null), false);
            }
            return ship(name, job);
        } catch (Exception e) {
            routes.services().completion().refused(job, e);
            return notBegun(name, name, FailureMessages.of(e, job).message());
        }
    }

    private Outcome ship(String name, Job job) throws Exception {
        Instant begun = clock.instant();
        AfterCommit afterCommit = new AfterCommit(job, ledger);
        SourceScan source = scan(afterCommit);
        if (afterCommit.putBack(source)) {
            source = scan(afterCommit);
        }
        Map<String, String> passedOver = new LinkedHashMap<>();
        source.unshippable().forEach((file, reason) -> {
            LOG.error("{}: {} not shipped: {}", name, Text.line(file), reason);
            passedOver.put(file, reason);
        });
        List<SourceFile> settled = List.of();
        try {
            settled = routes.services().delayedRemoval().due(job, source.files());
        } catch (Exception e) {
            return refused(job, waiting(job, source.files()), passedOver, e);
        }
        FileEndpoint consumer = (FileEndpoint) routes.context().getRoute(name).getEndpoint();
        routes.services()
                .sources()
                .selection(job, consumer, source, taken -> ledger.knows(job, taken))
                .ifPresent(problem -> {
                    LOG.error("{}: {}", name, problem);
                    passedOver.put(job.source().toString(), problem);
                });
        List<SourceFile> waiting = waiting(job, source.files());
        if (!waiting.isEmpty()) {
            routes.services().uploadConnections().expect(job, waiting);
        }
        CrashRecovery recovery = routes.services().recovery();
        if (recovery.needed(name)) {
            try {
                recovery.run(name, waiting);
            } catch (StateException e) {
                throw e;
            } catch (Exception e) {
                return refused(job, waiting, passedOver, e);
            }
            List<SourceFile> left = waiting(job, waiting);
            if (report != null) {
                waiting.stream().filter(file -> ledger.contains(job, file)).forEach(file -> report.present(job, file));
            }
            waiting = left;
        }
        afterCommit.settleCommitted(settled);
        ShipResult result = ShipResult.nothing(name, Map.of(), null);
        if (!waiting.isEmpty()) {
            awaitReady(job, withList(job, waiting));
            result = poll(name, waiting.stream().mapToLong(SourceFile::size).sum());
            result = withWhatOthersLeave(job, waiting, result);
            passedOver.putAll(left(job, waiting, result));
        }
        if (consumer.getSchedulerProperties() != null
                && consumer.getSchedulerProperties().containsKey("cron")) {
            new ScheduleLog(routes.services().sources().state(), name).ran(begun);
        }
        return ended(result.withFailures(passedOver), result.targetFailure() != null && !result.rootRefused());
    }

    /** Waits for the files that other nodes of the cluster work on now; what they leave undone is shipped here. */
    private ShipResult withWhatOthersLeave(Job job, List<SourceFile> waiting, ShipResult first) throws Exception {
        OtherNodes others = new OtherNodes(job, routes.services());
        ShipResult result = first;
        while (result.targetFailure() == null
                && !routes.services().runs().stopping()
                && others.mayLeave(waiting, result.failed())) {
            Thread.sleep(OTHERS_AGAIN.toMillis());
            result = result.plus(poll(job.name(), 0));
        }
        return result;
    }

    private SourceScan scan(AfterCommit after) throws IOException {
        CommittedFiles committed = new CommittedFiles(after.job(), ledger);
        AtomicBoolean contacted = new AtomicBoolean();
        Predicate<SourceFile> open =
                file -> committed.has(file, read -> {}) ? after.owes(file) : contact(after.job(), contacted);
        return SourceScan.of(routes.context(), after.job(), committed.ahead(), open, null);
    }

    /** Begins to connect at the first file that must be shipped. */
    private boolean contact(Job job, AtomicBoolean contacted) {
        if (contacted.compareAndSet(false, true)) {
            routes.services().uploadConnections().contact(job);
        }
        return true;
    }

    /** The files that were neither shipped nor reported as failed. */
    private Map<String, String> left(Job job, List<SourceFile> waiting, ShipResult result) {
        Set<String> failed = new HashSet<>(result.failed());
        Map<String, String> left = new LinkedHashMap<>();
        for (SourceFile before : waiting) {
            if (ledger.contains(job, before)) {
                continue;
            }
            SourceFile file = now(before.file());
            String name = file.below(job.source());
            if (file.size() < 0 || failed.contains(name) || ledger.contains(job, file)) {
                continue;
            }
            // A target failure was already reported and explains why the other files were not tried.
            ReadyCheck check = check(job);
            boolean untried = result.targetFailure() != null && check.isReady(file);
            left.put(name, untried ? result.targetFailure() : check.reason(file));
            if (!untried) {
                LOG.error("{}: {} not shipped: {}", job.name(), Text.line(name), check.reason(file));
            }
        }
        return left;
    }

    private ReadyCheck check(Job job) {
        return new ReadyCheck(job, routes.services().commands().readiness(job), clock);
    }

    private Outcome refused(Job job, List<SourceFile> waiting, Map<String, String> passedOver, Exception e) {
        String problem = FailureMessages.ofShip(
                        e, job, routes.services().connections().to(job), 0, Duration.ZERO)
                .message();
        LOG.error("{}: {}", job.name(), problem);
        waiting.forEach(file -> passedOver.put(file.below(job.source()), problem));
        boolean root = RootException.isCauseOf(e);
        return ended(
                ShipResult.nothing(job.name(), passedOver, problem).byRoot(root),
                !root && ShipRun.isTargetsFault(e, job));
    }

    private Outcome ended(ShipResult result, boolean targetsFault) {
        ShipCompletion completion = routes.services().completion();
        String note = "";
        if (completion.worthEnding(result)) {
            note = completion.end(result).orElse("");
        } else {
            completion.nothing(result.job());
        }
        Job job = routes.services().jobs().get(result.job());
        String pruning = note;
        List<String> trouble = Stream.concat(
                        routes.services().trouble().of(job).stream(),
                        routes.services().monitor().reader().stale(job).stream())
                .filter(one -> !pruning.contains(one))
                .toList();
        boolean well = result.succeeded() && result.targetFailure() == null && note.isEmpty() && trouble.isEmpty();
        return new Outcome(result, ExitCode.of(targetsFault, well), note, trouble);
    }

    /** The same list, without a copy of it, if all are waiting. */
    private List<SourceFile> waiting(Job job, List<SourceFile> files) {
        Predicate<SourceFile> waits = file -> file.size() >= 0 && !ledger.contains(job, file);
        return files.stream().allMatch(waits)
                ? files
                : files.stream().filter(waits).collect(Collectors.toCollection(SourceFiles::new));
    }

    /** The file's current state; a negative size if it is gone. */
    private static SourceFile now(File file) {
        return new SourceFile(file, file.exists() ? file.length() : -1, file.lastModified());
    }

    /** Adds the list of checksums: it is not shipped, but decides what may be. */
    private static Iterator<SourceFile> withList(Job job, List<SourceFile> files) {
        SourceFile list = now(job.source().resolve(Manifest.NAME).toFile());
        return Stream.concat(files.stream(), Stream.of(list)).iterator();
    }

    /** Waits until the files are unchanged for the quiet period, within a limit. */
    private void awaitReady(Job job, Iterator<SourceFile> files) throws InterruptedException {
        // Whatever the clock does meanwhile.
        long begun = System.nanoTime();
        long patience = job.ready().multipliedBy(PATIENCE).toNanos();
        boolean said = false;
        ReadyCheck check = check(job);
        while (files.hasNext()) {
            SourceFile file = files.next();
            while (check.isAwaited(file.file()) && System.nanoTime() - begun < patience) {
                if (!said) {
                    long quiet = job.ready().toSeconds();
                    LOG.info("{}: waiting until nothing was written for {} s", job.name(), quiet);
                    said = true;
                }
                Thread.sleep(LOOK_AGAIN.toMillis());
            }
        }
    }

    /** Runs one poll of the job's consumer and waits for its result. */
    private ShipResult poll(String name, long bytes) throws Exception {
        try (Progress shown = Progress.of(progress, name, bytes)) {
            routes.services().runs().onProgress(shown);
            var ended = routes.services().runs().next(name);
            ((ScheduledPollConsumer) routes.context().getRoute(name).getConsumer()).run();
            return routes.services().runs().await(name, ended);
        }
    }
}
