package dev.offsite.prune;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.SingleNode;
import dev.offsite.encryption.ContentLog;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.retention.RetentionPlan;
import dev.offsite.retention.RetentionPolicy;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteExec;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.sftp.login.SshException;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.status.Observation;
import dev.offsite.verify.KnownTrouble;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.camel.util.function.ThrowingRunnable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prunes the dated folders that a job's retention policy does not keep, or explains why not. A folder is moved to
 * {@link Trash} in one step: no partly removed folder ever looks like a backup, and it can be brought back.
 *
 * @param max how many folders may be pruned at once
 * @param shipping whether this process is shipping the job of that name now
 * @param events receives what was pruned or refused
 * @param observed receives how each prune ended
 */
public record Pruner(
        Jobs jobs,
        Cluster nodes,
        TargetConnections connections,
        KnownTrouble trouble,
        DatedFolderLocks open,
        VerificationLog verifications,
        ContentLog contents,
        SizeAnomalyLog anomalies,
        int max,
        Clock clock,
        Predicate<String> shipping,
        Consumer<JobEvent> events,
        Consumer<Observation> observed) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** How long to wait for another node that prunes the same job. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /**
     * What is asked for.
     *
     * @param dryRun only plan, report refusals, and look at each folder
     * @param max overrides how many folders may be pruned at once
     * @param fresh names of new dated folders, besides the newest
     */
    public record Request(boolean dryRun, Optional<Integer> max, Collection<String> fresh) {}

    /**
     * The result of a prune.
     *
     * @param plan a decision for each entry of the job's root
     * @param failed folder to the reason why it could not be removed
     * @param refusals why nothing would be pruned, or what is wrong with a job that is never pruned; a refusal is thrown
     *     unless this was a dry run
     * @param details dated folder to its details; only for a dry run
     */
    public record Result(
            RetentionPlan plan,
            Map<String, String> failed,
            List<String> refusals,
            Map<String, PruneCandidates.Details> details) {}

    /**
     * Prunes a job after a run or on schedule; {@code fresh} are names of new dated folders, besides the newest.
     *
     * @throws PruneException if it refuses, or if a folder could not be removed
     */
    public Result prune(String name, Collection<String> fresh) throws PruneException, IOException {
        Result result = run(name, new Request(false, Optional.empty(), fresh));
        if (!result.failed().isEmpty()) {
            String first = result.failed().values().iterator().next();
            throw new PruneException("not pruned: %s (%s)"
                    .formatted(String.join(", ", result.failed().keySet()), first));
        }
        return result;
    }

    /**
     * Fails with {@link PruneException} if the root's listing cannot be trusted or pruning is refused; a dry run returns refusals
     *     instead
     */
    public Result run(String name, Request request) throws PruneException, IOException {
        Job job = jobs.get(name);
        PruneTimer timer = new PruneTimer(name, clock, System.nanoTime());
        try (Cluster.Lock turn = turn(job, request)) {
            Result result = run(job, request);
            List<String> failed = List.copyOf(result.failed().keySet());
            List<String> removed = new ArrayList<>(result.plan().removed());
            removed.removeAll(failed);
            if (!request.dryRun() && !(removed.isEmpty() && failed.isEmpty())) {
                events.accept(new JobEvent.Pruned(name, clock.instant(), removed, failed));
            }
            if (!request.dryRun()) {
                observed.accept(timer.ended(removed, result.failed()));
            }
            return result;
        } catch (PruneException e) {
            if (!request.dryRun()) {
                observed.accept(timer.refused(e.getMessage()));
                events.accept(new JobEvent.Refused(name, clock.instant(), e.getMessage()));
            }
            throw e;
        } catch (IOException e) {
            if (!request.dryRun()) {
                String reason = FailureMessages.of(e, job).message();
                observed.accept(timer.failed(reason));
                events.accept(new JobEvent.Failed(name, clock.instant(), Map.of(), "prune: " + reason));
            }
            throw e;
        }
    }

    /** In a cluster, one node at a time prunes a job. */
    private Cluster.Lock turn(Job job, Request request) throws PruneException {
        Cluster all = request.dryRun() ? new SingleNode(nodes.state()) : nodes;
        return all.lock("prune " + job.destination(), PATIENCE)
                .orElseThrow(() -> new PruneException(
                        "nothing pruned: another node has been pruning it for %d s; try again when it has ended"
                                .formatted(PATIENCE.toSeconds())));
    }

    private Result run(Job job, Request request) throws PruneException, IOException {
        if (job.pruning().never()) {
            RetentionPlan nothing = RetentionPlan.of(List.of(), RetentionPolicy.KEEP_ALL, job.today(clock));
            return new Result(nothing, Map.of(), trouble.of(job), Map.of());
        }
        TargetConnection connection = connections.to(job.target());
        RemoteExec command = connection.commands();
        // Before the root is listed: a new folder is there before anything is known of its contents.
        Set<String> described = new TreeSet<>(contents.folders(job));
        int most = request.max().orElse(max);
        PruneCandidates planned = new PruneCandidates(
                job, connection.sessions(), command, part -> open.keeps(job, part), clock.instant(), most);
        List<String> refusals = new ArrayList<>(PruneGuards.ofStatus(job, trouble, unended(job, request)));
        refuse(refusals, request);
        planned.look(request.dryRun());
        if (!trouble.status().holds(job).containsKey(JobStatus.Hold.IMPLAUSIBLE)) {
            refusals.addAll(implausible(job, planned, request));
        }
        refusals.addAll(PruneGuards.ofPlan(job, planned.plan(), most));
        refuse(refusals, request);
        if (request.dryRun()) {
            return new Result(planned.plan(), Map.of(), refusals, planned.details(verifications));
        }
        Map<String, String> failed = new TreeMap<>();
        if (!planned.plan().decisions().isEmpty()) {
            open.owners().check(job, connection.sessions());
        }
        planned.sweep(open);
        Trash trash = new Trash(job, connection.sessions(), command);
        remove(job, planned.plan(), trash, failed);
        purge(job, trash, failed);
        observed.accept(new Observation.Trash(job.name(), clock.instant(), trash.left()));
        forgetContents(job, described, planned.plan(), trash);
        return new Result(planned.plan(), failed, List.of(), Map.of());
    }

    /** Of folders that are neither there nor in the trash, from where they may come back. */
    private void forgetContents(Job job, Set<String> gone, RetentionPlan plan, Trash trash) throws IOException {
        plan.decisions().forEach(decision -> gone.remove(decision.folder()));
        if (!gone.isEmpty()) {
            trash.entries().forEach(entry -> gone.remove(entry.folder()));
            gone.forEach(folder -> contents.forget(job, folder));
        }
    }

    /** A dry run takes no lock, so another process may be shipping. */
    private String unended(Job job, Request request) {
        if (shipping.test(job.name())) {
            return "is still running; it prunes when it ends";
        }
        return request.dryRun()
                ? "is still running or was cut; if none is running: ship first, then prune"
                : "was cut; ship first, then prune";
    }

    /**
     * Deletes from a full server until what the last ship could not write fits, although that ship failed.
     *
     * @throws PruneException if the listing cannot be trusted, the job is never pruned, or its newest copies are
     *     suspiciously small
     */
    public RoomMaker.Result makeRoom(String name, boolean dryRun) throws PruneException, IOException {
        Job job = jobs.get(name);
        if (job.pruning().never()) {
            throw new PruneException("nothing deleted: prune=never");
        }
        String small = trouble.status().holds(job).get(JobStatus.Hold.IMPLAUSIBLE);
        if (small != null) {
            throw new PruneException(PruneGuards.implausible(job, small));
        }
        RoomMaker.Result result = new RoomMaker(this, job, dryRun).run();
        List<String> folders = result.deleted().stream()
                .map(RoomMaker.Deleted::path)
                .filter(path -> job.folders().parse(path).isPresent())
                .toList();
        if (!dryRun && !folders.isEmpty()) {
            events.accept(new JobEvent.Pruned(
                    name, clock.instant(), folders, List.copyOf(result.failed().keySet())));
        }
        return result;
    }

    private static void refuse(List<String> refusals, Request request) throws PruneException {
        if (!refusals.isEmpty() && !request.dryRun()) {
            throw new PruneException(refusals.get(0));
        }
    }

    private List<String> implausible(Job job, PruneCandidates planned, Request request) throws IOException {
        var findings = anomalies.open(job, planned.suspicious(request.fresh()));
        if (findings.isEmpty()) {
            return List.of();
        }
        String reason = SizeAnomalyLog.words(findings.get(0))
                + (findings.size() == 1 ? "" : " (and %d more)".formatted(findings.size() - 1));
        if (!request.dryRun()) {
            findings.forEach(
                    finding -> LOG.warn("{}: suspiciously small: {}", job.name(), SizeAnomalyLog.words(finding)));
            anomalies.told(job, findings);
            trouble.status().hold(job, JobStatus.Hold.IMPLAUSIBLE, reason);
        }
        return List.of(PruneGuards.implausible(job, reason));
    }

    private void remove(Job job, RetentionPlan plan, Trash trash, Map<String, String> failed) throws SshException {
        for (String folder : plan.removed()) {
            String path = RemotePath.below(job.root(), folder);
            if (!open.claim(job, path)) {
                failed.put(folder, "copies are going into it now; the next prune looks again");
                continue;
            }
            try {
                Collection<VerificationLog.Entry> known =
                        verifications.of(job, folder).values();
                // First, so that what we remove ourselves never counts as lost.
                verifications.forget(job, folder);
                Optional<String> failure = Optional.of("");
                try {
                    failure = failure(job, () -> trash.move(folder, clock.instant()));
                } finally {
                    if (failure.isPresent()) {
                        verifications.add(job, folder, known);
                    }
                }
                if (failure.isEmpty()) {
                    observed.accept(PruneTimer.gone(job, known, clock));
                    LOG.info("{}: pruned {}", job.name(), path);
                } else {
                    failed.put(folder, failure.get());
                    LOG.error("{}: {} not pruned: {}", job.name(), path, failure.get());
                }
            } finally {
                open.unclaim(job, path);
            }
        }
    }

    /** Why a step failed, or empty. A target that cannot be reached or refuses us ends everything. */
    private static Optional<String> failure(Job job, ThrowingRunnable<IOException> step) throws SshException {
        try {
            step.run();
            return Optional.empty();
        } catch (SshException e) {
            throw e;
        } catch (IOException e) {
            return Optional.of(FailureMessages.of(e, job).message());
        }
    }

    private void purge(Job job, Trash trash, Map<String, String> failed) throws SshException {
        Map<String, String> stuck = new TreeMap<>();
        Optional<String> failure = failure(job, () -> trash.purge(clock.instant(), stuck)
                .forEach(name -> LOG.debug("{}: {} deleted from the trash", job.name(), name)));
        failure.ifPresent(reason -> stuck.put(Trash.NAME, reason));
        stuck.forEach((name, reason) -> {
            failed.putIfAbsent(name, reason);
            LOG.error("{}: {} not deleted from {}/{}: {}", job.name(), name, job.root(), Trash.NAME, reason);
        });
    }

    /**
     * Brings folders back from the trash, the newest of each name; without {@code folders}, all.
     *
     * @return folder to the reason why it was not brought back; empty if it was
     */
    public Map<String, Optional<String>> undo(String name, Collection<String> folders) throws IOException {
        Job job = jobs.get(name);
        TargetConnection connection = connections.to(job.target());
        open.owners().check(job, connection.sessions());
        Trash trash = new Trash(job, connection.sessions(), connection.commands());
        Map<String, Optional<String>> outcomes = new TreeMap<>();
        for (Trash.Entry entry : trash.entries()) {
            if ((folders.isEmpty() || folders.contains(entry.folder())) && !outcomes.containsKey(entry.folder())) {
                outcomes.put(entry.folder(), failure(job, () -> trash.restore(entry)));
            }
        }
        folders.forEach(folder -> outcomes.putIfAbsent(
                folder, Optional.of("there is no such folder in %s/%s".formatted(job.root(), Trash.NAME))));
        return outcomes;
    }

    /**
     * Accepts reported small copies, so that the job is pruned again. Returns them in words; empty if there were none.
     */
    public Optional<String> acknowledge(String name) {
        Job job = jobs.get(name);
        Optional<String> reason =
                Optional.ofNullable(trouble.status().holds(job).get(JobStatus.Hold.IMPLAUSIBLE));
        if (reason.isPresent()) {
            anomalies.acknowledge(job);
            trouble.status().lift(job, JobStatus.Hold.IMPLAUSIBLE);
        }
        return reason;
    }
}
