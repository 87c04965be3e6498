package dev.offsite.scrub;

import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.history.HistoryEntry;
import dev.offsite.io.ByteProgress;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.job.ScrubBudget;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.status.Observation;
import dev.offsite.verify.Debts;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Hashes committed copies again, the longest unverified first, reports changes, and repairs copies whose local file
 * still exists.
 *
 * @param budget for each job and scrub
 * @param running names of the jobs that are being scrubbed; thread-safe
 * @param stopping asked before each command
 */
public record Scrubber(
        Jobs jobs,
        TargetConnections connections,
        JobStatus status,
        Verifier verifier,
        VerificationLog verifications,
        Debts debts,
        DatedFolderLocks folders,
        CopyRepair repair,
        ScrubBudget budget,
        Set<String> running,
        Clock clock,
        BooleanSupplier stopping,
        Consumer<JobEvent> events,
        Consumer<Observation> observed) {

    /**
     * Scrubs one job; {@code all} ignores the budget.
     *
     * @throws IllegalStateException if it is being scrubbed already
     */
    public ScrubResult run(String name, boolean all) {
        return run(name, all, ByteProgress.none());
    }

    /** The same, with somebody who hears how far it is. */
    public ScrubResult run(String name, boolean all, ByteProgress progress) {
        Job job = jobs.get(name);
        if (!running.add(name)) {
            throw new IllegalStateException("the job %s is being scrubbed already".formatted(name));
        }
        try {
            ScrubRun run = new ScrubRun(this, job, connections.to(job.target()).sessions(), progress);
            ScrubResult result = run.run(all ? ScrubBudget.ALL : budget);
            publish(result);
            return result;
        } finally {
            running.remove(name);
        }
    }

    /**
     * Hashes these copies of a dated folder now, and records the results as a scrub does. It is no scrub: it repairs
     * nothing, and says nothing about the other copies.
     *
     * @param chosen listed in the folder's manifest
     */
    public ScrubResult verify(Job job, Snapshot snapshot, List<SnapshotFile> chosen, ByteProgress progress) {
        ScrubRun run = new ScrubRun(this, job, connections.to(job.target()).sessions(), progress);
        ScrubResult result = run.run(CopyCheck.of(
                snapshot, chosen, verifications.of(job, snapshot.place().name())));
        List<String> damaged = result.findings().stream().map(Scrubber::words).toList();
        if (!damaged.isEmpty()) {
            events.accept(new JobEvent.Damaged(result.job(), now(), damaged));
        }
        return result;
    }

    private static String words(Finding finding) {
        return "%s %s: %s".formatted(finding.kind().word(), finding.path(), finding.reason());
    }

    private void publish(ScrubResult result) {
        List<Finding> bad =
                result.findings().stream().filter(finding -> !finding.healed()).toList();
        String reason = result.problem() != null
                ? result.problem().message()
                : bad.isEmpty()
                        ? ""
                        : "%s bad, the first is %s: %s"
                                .formatted(
                                        bad.size() == 1 ? "1 copy is" : bad.size() + " copies are",
                                        bad.get(0).path(),
                                        bad.get(0).reason());
        observed.accept(new Observation.Ended(new HistoryEntry(
                result.job(),
                HistoryEntry.Verb.SCRUB,
                reason.isEmpty() ? HistoryEntry.Result.OK : HistoryEntry.Result.FAILED,
                now(),
                Duration.ofNanos(result.nanos()),
                result.checked(),
                result.bytes(),
                bad.size(),
                bad.stream().map(Finding::folder).distinct().limit(10).toList(),
                Text.line(reason))));
        List<String> damaged = result.findings().stream()
                .filter(finding -> !finding.healed())
                .map(Scrubber::words)
                .toList();
        List<String> repaired = result.findings().stream()
                .filter(Finding::healed)
                .map(Finding::path)
                .toList();
        if (!damaged.isEmpty()) {
            events.accept(new JobEvent.Damaged(result.job(), now(), damaged));
        }
        if (result.problem() != null) {
            events.accept(new JobEvent.Failed(
                    result.job(), now(), Map.of(), "scrub: " + result.problem().message()));
        }
        if (!repaired.isEmpty()) {
            events.accept(new JobEvent.Repaired(result.job(), now(), repaired));
        }
    }

    /** Hashes copies on the server, whatever their sizes. */
    Map<Listed, VerificationResult> verify(Job job, List<Listed> copies) throws IOException, VerificationException {
        Map<String, VerificationResult> byPath = verifier.verify(
                job,
                copies.stream()
                        .map(copy -> new ExpectedFile(copy.path(job), copy.sha256(), -1))
                        .toList());
        Map<Listed, VerificationResult> results = new LinkedHashMap<>();
        copies.forEach(copy -> results.put(copy, byPath.get(copy.path(job))));
        return results;
    }

    boolean isStopping() {
        return stopping.getAsBoolean();
    }

    Instant now() {
        return clock.instant();
    }
}
