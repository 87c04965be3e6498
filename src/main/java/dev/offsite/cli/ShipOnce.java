package dev.offsite.cli;

import dev.offsite.io.Clocks;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.ship.AfterCommit;
import dev.offsite.ship.CrashRecovery;
import dev.offsite.ship.ShipCompletion;
import dev.offsite.ship.ShipResult;
import dev.offsite.ship.ShipRun;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.camel.support.ScheduledPollConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ships one job once: all files that are ready, or become ready within a bounded wait. Everything else is reported. */
public final class ShipOnce {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** After this many quiet periods, a file that still changes is skipped. */
    private static final int PATIENCE = 6;

    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final CamelApplication routes;
    private final Ledger ledger;
    private final Clock clock;

    ShipOnce(CamelApplication routes) {
        this.routes = routes;
        this.ledger = routes.services().ledger();
        this.clock = Clocks.of(routes.context());
    }

    /**
     * @param result of the run; empty if nothing was new
     * @param note why pruning failed, or empty
     * @param trouble what else is known to be wrong with the job's copies, each in one line
     */
    record Outcome(ShipResult result, int exitCode, String note, List<String> trouble) {}

    Outcome ship(String name) throws Exception {
        Job job = routes.services().jobs().get(name);
        AtomicBoolean contacted = new AtomicBoolean();
        SourceScan source = SourceScan.of(routes.context(), job, file -> isOpen(job, file, contacted));
        Map<String, String> passedOver = new LinkedHashMap<>();
        source.unshippable().forEach((file, reason) -> {
            LOG.error("{}: {} not shipped: {}", name, Text.line(file), reason);
            passedOver.put(file, reason);
        });
        List<SourceFile> waiting = waiting(job, source.files());
        if (!waiting.isEmpty()) {
            routes.services().uploadConnections().expect(job, waiting);
        }
        CrashRecovery recovery = routes.services().recovery();
        if (recovery.needed(name)) {
            try {
                recovery.run(name, waiting);
            } catch (Exception e) {
                return refused(job, waiting, passedOver, e);
            }
            waiting = waiting(job, waiting);
        }
        new AfterCommit(job, ledger).settleCommitted(source.files());
        ShipResult result = ShipResult.nothing(name, Map.of(), null);
        if (!waiting.isEmpty()) {
            awaitReady(job, withList(job, waiting));
            result = poll(name, waiting.stream().mapToLong(SourceFile::size).sum());
            passedOver.putAll(left(job, waiting, result));
        }
        return ended(result.withFailures(passedOver), result.targetFailure() != null);
    }

    /** Whether the file still needs work. Begins to connect at the first one that must be shipped. */
    private boolean isOpen(Job job, SourceFile file, AtomicBoolean contacted) {
        if (ledger.contains(job, file)) {
            return ledger.owes(job, file);
        }
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
            boolean untried = result.targetFailure() != null && isReady(job, file);
            left.put(name, untried ? result.targetFailure() : notReady(file));
            if (!untried) {
                LOG.error("{}: {} not shipped: {}", job.name(), Text.line(name), notReady(file));
            }
        }
        return left;
    }

    private boolean isReady(Job job, SourceFile file) {
        return file.modified() + job.ready().toMillis() < clock.millis();
    }

    private String notReady(SourceFile file) {
        return file.modified() > clock.millis()
                ? "its time of last change lies in the future (touch it, or put the clock right)"
                : "it is still changing";
    }

    private Outcome refused(Job job, List<SourceFile> waiting, Map<String, String> passedOver, Exception e) {
        String problem = FailureMessages.ofShip(
                        e, job, routes.services().connections().to(job), 0, Duration.ZERO)
                .message();
        LOG.error("{}: {}", job.name(), problem);
        waiting.forEach(file -> passedOver.put(file.below(job.source()), problem));
        return ended(ShipResult.nothing(job.name(), passedOver, problem), ShipRun.isTargetsFault(e, job));
    }

    private Outcome ended(ShipResult result, boolean targetsFault) {
        ShipCompletion completion = routes.services().completion();
        String note = completion.worthEnding(result) ? completion.end(result).orElse("") : "";
        Job job = routes.services().jobs().get(result.job());
        List<String> trouble = routes.services().trouble().of(job).stream()
                .filter(one -> !note.contains(one))
                .toList();
        boolean well = result.succeeded() && result.targetFailure() == null && note.isEmpty() && trouble.isEmpty();
        return new Outcome(result, ExitCode.of(targetsFault, well), note, trouble);
    }

    private List<SourceFile> waiting(Job job, List<SourceFile> files) {
        return files.stream()
                .filter(file -> file.size() >= 0 && !ledger.contains(job, file))
                .toList();
    }

    /** The file's current state; a negative size if it is gone. */
    private static SourceFile now(File file) {
        return new SourceFile(file, file.exists() ? file.length() : -1, file.lastModified());
    }

    /** Adds the list of checksums: it is not shipped, but decides what may be. */
    private static List<SourceFile> withList(Job job, List<SourceFile> files) {
        SourceFile list = now(job.source().resolve(Manifest.NAME).toFile());
        return Stream.concat(files.stream(), Stream.of(list)).toList();
    }

    /** Waits until the files are unchanged for the quiet period, within a limit. */
    private void awaitReady(Job job, List<SourceFile> files) throws InterruptedException {
        long giveUp = clock.millis() + job.ready().multipliedBy(PATIENCE).toMillis();
        boolean said = false;
        for (SourceFile file : files) {
            while (file.file().lastModified() + job.ready().toMillis() >= clock.millis() && clock.millis() < giveUp) {
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
        try (Progress progress = Progress.of(name, bytes)) {
            routes.services().runs().onProgress(progress);
            var ended = routes.services().runs().next(name);
            ((ScheduledPollConsumer) routes.context().getRoute(name).getConsumer()).run();
            return ended.get();
        }
    }
}
