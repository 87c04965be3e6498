package dev.offsite.scrub;

import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.job.JobStatus.Hold;
import dev.offsite.job.Jobs;
import dev.offsite.job.ScrubBudget;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.Verifier;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Hashes committed copies again, the longest unverified first, reports changes, and repairs copies whose local file
 * still exists.
 */
public final class Scrubber {

    private final Jobs jobs;
    private final TargetConnections connections;
    private final JobStatus status;
    private final Verifier verifier;
    private final VerificationLog verifications;
    private final DatedFolderLocks folders;
    private final CopyRepair reship;
    private final ScrubBudget budget;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final Clock clock;
    private final BooleanSupplier stopping;
    private final Consumer<JobEvent> events;

    /** {@code budget} is for each job and scrub; {@code stopping} is asked before each command. */
    public Scrubber(
            Jobs jobs,
            TargetConnections connections,
            JobStatus status,
            Verifier verifier,
            VerificationLog verifications,
            DatedFolderLocks folders,
            CopyRepair reship,
            ScrubBudget budget,
            Clock clock,
            BooleanSupplier stopping,
            Consumer<JobEvent> events) {
        this.jobs = jobs;
        this.connections = connections;
        this.status = status;
        this.verifier = verifier;
        this.verifications = verifications;
        this.folders = folders;
        this.reship = reship;
        this.budget = budget;
        this.clock = clock;
        this.stopping = stopping;
        this.events = events;
    }

    /**
     * Scrubs one job; {@code all} ignores the budget.
     *
     * @throws IllegalStateException if it is being scrubbed already
     */
    public ScrubResult run(String name, boolean all) {
        Job job = jobs.get(name);
        if (!running.add(name)) {
            throw new IllegalStateException("the job %s is being scrubbed already".formatted(name));
        }
        try {
            ScrubResult result = new ScrubRun(
                            this, job, connections.to(job.target()).sessions())
                    .run(all ? ScrubBudget.ALL : budget);
            publish(result);
            return result;
        } finally {
            running.remove(name);
        }
    }

    private void publish(ScrubResult result) {
        List<String> damaged = result.findings().stream()
                .filter(finding -> !finding.healed())
                .map(finding -> "%s %s: %s".formatted(finding.kind().word(), finding.path(), finding.reason()))
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

    boolean stopping() {
        return stopping.getAsBoolean();
    }

    Instant now() {
        return clock.instant();
    }

    Verifier verifier() {
        return verifier;
    }

    VerificationLog verifications() {
        return verifications;
    }

    DatedFolderLocks folders() {
        return folders;
    }

    CopyRepair reship() {
        return reship;
    }

    void hold(Job job, String reason) {
        status.hold(job, Hold.DAMAGE, reason);
    }

    void lift(Job job) {
        status.lift(job, Hold.DAMAGE);
    }
}
