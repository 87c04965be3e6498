package dev.offsite.prune;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus.Unfit;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSession.Space;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.login.SshException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from a full server until what failed to ship fits: expired trash, the rest of the trash, then verified folders
 * that no rule keeps, each oldest first. What goes is deleted, since the trash is on the same disk.
 */
public final class RoomMaker {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** For folders, and manifests while both versions exist. */
    private static final Unfit BESIDES = new Unfit(64 << 10, 4, false, List.of());

    /** Some file systems free space a while after a deletion. */
    private static final Duration UNTIL_FREED = Duration.ofSeconds(10);

    private static final Duration ASK_AGAIN = Duration.ofMillis(200);

    private final Pruner pruner;
    private final Job job;
    private final boolean dryRun;
    private final TargetConnection connection;
    private final Trash trash;
    private final Unfit needed;
    private final List<Deleted> deleted = new ArrayList<>();
    private final Map<String, String> failed = new TreeMap<>();
    private Unfit freed = Unfit.NOTHING;

    RoomMaker(Pruner pruner, Job job, boolean dryRun) {
        this.pruner = pruner;
        this.job = job;
        this.dryRun = dryRun;
        this.connection = pruner.connections().to(job.target());
        this.trash = new Trash(job, connection.sessions(), connection.commands());
        this.needed = pruner.trouble().status().unfit(job);
    }

    /** A folder that was deleted, or would be; {@code path} is below the root. */
    public record Deleted(String path, long bytes, String reason) {}

    /**
     * The result.
     *
     * @param needed what the last ship could not write; nothing if there is nothing to do
     * @param free on the server's disk now, if it reports that
     * @param fits whether there is room now, as far as is known
     * @param refusals why no dated folder was deleted
     * @param failed path to the reason why it could not be deleted
     */
    public record Result(
            Unfit needed,
            Optional<Space> free,
            boolean fits,
            List<Deleted> deleted,
            List<String> refusals,
            Map<String, String> failed) {}

    private record Candidate(String path, String reason, boolean dated) {}

    Result run() throws PruneException, IOException {
        if (needed.files() == 0) {
            return new Result(needed, Optional.empty(), true, List.of(), List.of(), Map.of());
        }
        Instant now = pruner.clock().instant();
        PruneCandidates planned = new PruneCandidates(
                job,
                connection.sessions(),
                connection.commands(),
                part -> pruner.open().keeps(job, part),
                now,
                Integer.MAX_VALUE);
        // What a failed ship has begun must not push out what is complete.
        planned.look(false, needed.folders());
        if (!dryRun) {
            pruner.open().owners().check(job, connection.sessions());
            planned.sweep(pruner.open());
        }
        List<String> refusals = new ArrayList<>(pruner.trouble().damage(job));
        refusals.addAll(PruneGuards.ofPlan(job, planned.plan(), Integer.MAX_VALUE));
        List<Candidate> candidates = inTrash(planned, now);
        if (refusals.isEmpty()) {
            planned.plan().removed().stream()
                    .limit(pruner.max())
                    .forEach(folder -> candidates.add(new Candidate(folder, "no rule keeps it", true)));
        }
        Optional<Space> before = space();
        for (Candidate candidate : candidates) {
            if (fits(before)) {
                break;
            }
            delete(candidate);
        }
        return new Result(needed, dryRun ? before : space(), fits(before), deleted, refusals, failed);
    }

    private List<Candidate> inTrash(PruneCandidates planned, Instant now) throws IOException {
        List<Candidate> candidates = new ArrayList<>();
        planned.plan().decisions().stream()
                .map(decision -> decision.folder())
                .filter(Trash::isPurging)
                .forEach(left -> candidates.add(new Candidate(left, "left by a run that was cut", false)));
        Instant expired = now.minus(job.pruning().trash());
        trash.held().stream()
                .sorted(Comparator.comparing(Trash.Held::since).thenComparing(Trash.Held::name))
                .map(held -> new Candidate(
                        RemotePath.below(Trash.NAME, held.name()),
                        held.since().isAfter(expired)
                                ? "pruned, and in the trash since " + held.since()
                                : "its time in the trash is over",
                        false))
                .forEach(candidates::add);
        return candidates;
    }

    private Optional<Space> space() throws IOException {
        return connection.sessions().call(remote -> remote.space(job.root()));
    }

    /** By the server's word, if that explained the failure; else by what was deleted. */
    private boolean fits(Optional<Space> before) throws IOException {
        boolean freedEnough = isIn(before.filter(space -> needed.measured())
                .map(space -> new Space(space.bytes() + freed.bytes(), plus(space.files(), freed.files())))
                .orElse(new Space(freed.bytes(), Long.MAX_VALUE)));
        if (dryRun || !needed.measured() || before.isEmpty()) {
            return freedEnough;
        }
        long end = System.nanoTime() + UNTIL_FREED.toNanos();
        boolean fits = isIn(space().orElseThrow());
        while (!fits && freedEnough && System.nanoTime() < end) {
            LockSupport.parkNanos(ASK_AGAIN.toNanos());
            fits = isIn(space().orElseThrow());
        }
        return fits;
    }

    private static long plus(long some, long more) {
        return some == Long.MAX_VALUE ? some : some + more;
    }

    private boolean isIn(Space space) {
        return space.bytes() >= needed.bytes() + BESIDES.bytes() && space.files() >= needed.files() + BESIDES.files();
    }

    private void delete(Candidate candidate) throws SshException {
        String path = RemotePath.below(job.root(), candidate.path());
        if (candidate.dated() && !pruner.open().claim(job, path)) {
            failed.put(candidate.path(), "copies are going into it now");
            return;
        }
        try {
            Unfit size = size(path);
            if (!dryRun) {
                if (candidate.dated()) {
                    // First, so that what we remove ourselves never counts as lost.
                    pruner.verifications().forget(job, candidate.path());
                }
                trash.destroy(candidate.path());
                LOG.info(
                        "{}: deleted {} ({}), to make room: {}",
                        job.name(),
                        Text.line(path),
                        Text.size(size.bytes()),
                        candidate.reason());
            }
            freed = new Unfit(freed.bytes() + size.bytes(), freed.files() + size.files(), false, List.of());
            deleted.add(new Deleted(candidate.path(), size.bytes(), candidate.reason()));
        } catch (SshException e) {
            throw e;
        } catch (IOException e) {
            failed.put(candidate.path(), FailureMessages.of(e, job).message());
            LOG.error("{}: {} not deleted: {}", job.name(), Text.line(path), failed.get(candidate.path()));
        } finally {
            if (candidate.dated()) {
                pruner.open().unclaim(job, path);
            }
        }
    }

    /** The number and the sizes of the files in a folder. */
    private Unfit size(String folder) throws IOException {
        long[] size = {0, 0};
        connection
                .sessions()
                .run(remote -> RemoteTreeWalker.walk(remote, folder, (name, entry) -> {
                    size[0] += entry.file() ? entry.size() : 0;
                    size[1]++;
                    return entry.directory();
                }));
        return new Unfit(size[0], size[1], false, List.of());
    }
}
