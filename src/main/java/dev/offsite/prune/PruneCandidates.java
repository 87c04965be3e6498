package dev.offsite.prune;

import dev.offsite.catalog.RemoteManifest;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.Manifest;
import dev.offsite.resume.UploadRecords;
import dev.offsite.retention.Folder;
import dev.offsite.retention.Plausible;
import dev.offsite.retention.RetentionPlan;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteExec;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dated folders of a job on the server, and which of them to prune. */
public final class PruneCandidates {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** An older part file belongs to an interrupted run. That of another writer of the root may go on later. */
    private static final Duration STALE = Duration.ofDays(1);
    /** With more folders, a dry run does not look into each. */
    private static final int LOOKED_INTO = 500;

    private final Job job;
    private final SftpSessionPool sessions;
    private final RemoteExec command;
    private final Instant now;
    private final int max;
    private final Predicate<String> kept;
    private final Map<String, Read> manifests = new HashMap<>();
    private Set<String> staleParts = Set.of();
    private RetentionPlan plan;

    /** {@code kept}: whether a part file, absolute, belongs to an upload that will go on */
    PruneCandidates(
            Job job, SftpSessionPool sessions, RemoteExec command, Predicate<String> kept, Instant now, int max) {
        this.kept = kept;
        this.job = job;
        this.sessions = sessions;
        this.command = command;
        this.now = now;
        this.max = max;
    }

    /**
     * What a dry run shows of a dated folder.
     *
     * @param size bytes of its files except the manifest; empty if unknown
     * @param files how many the manifest lists; empty if unknown
     * @param verification the weakest method of its copies, {@code damaged} if one is, {@code listed} if unknown here
     */
    public record Details(OptionalLong size, OptionalLong files, String verification) {}

    void look(boolean dryRun) throws PruneException, IOException {
        look(dryRun, List.of());
    }

    /** {@code incomplete} are names of folders that do not count as backups. */
    void look(boolean dryRun, List<String> incomplete) throws PruneException, IOException {
        RootListing.Found found = new RootListing(job, sessions, command).look();
        Map<String, Folder> folders = new TreeMap<>();
        found.folders().forEach(folder -> folders.put(folder.name(), folder));
        staleParts = new TreeSet<>();
        found.parts().forEach((path, part) -> {
            Instant stale = now.minus(job.shared() ? UploadRecords.KEPT : STALE);
            if (part.modified().isAfter(stale) || kept.test(path)) {
                unverified(folders, datedFolder(path), "partly uploaded (part files)");
            } else {
                staleParts.add(path);
            }
        });
        try {
            planOf(found.folders());
            incomplete.forEach(name -> unverified(folders, name, "incomplete: the last ship failed"));
            plan(folders, dryRun);
        } catch (IllegalArgumentException e) {
            throw new PruneException("nothing pruned: the listing of %s is not to be trusted: %s"
                    .formatted(job.root(), Text.line(e.getMessage())));
        }
    }

    private String datedFolder(String path) {
        String below = path.substring(job.root().length() + 1);
        return below.substring(0, below.indexOf('/'));
    }

    private static void unverified(Map<String, Folder> folders, String name, String reason) {
        folders.computeIfPresent(name, (n, folder) -> folder.unverified(reason));
    }

    private RetentionPlan planOf(Collection<Folder> folders) {
        return RetentionPlan.of(List.copyOf(folders), job.retention(), LocalDate.ofInstant(now, job.zone()));
    }

    /** A folder with an unreadable manifest must not count as kept: plans again until all needed ones are read. */
    private void plan(Map<String, Folder> folders, boolean dryRun) throws IOException {
        Map<String, Read> faulty = new HashMap<>();
        do {
            plan = planOf(folders.values());
            int removed = plan.removed().size();
            boolean over = removed > max;
            boolean decides = removed > 0 && !over;
            List<String> unread = new ArrayList<>(plan.counted());
            unread.removeAll(manifests.keySet());
            // Also when over the limit, so that the number in the refusal is right for --max.
            faulty.clear();
            if (decides || ((over || dryRun) && unread.size() <= LOOKED_INTO)) {
                faulty.putAll(sessions.ask(job.parallel(), unread, this::manifest));
                manifests.putAll(faulty);
                faulty.values().removeIf(read -> read.manifest().isPresent());
                faulty.forEach((name, read) -> unverified(folders, name, read.fault()));
            }
        } while (!faulty.isEmpty());
    }

    private record Read(Optional<Manifest> manifest, String fault) {
        static Read not(String fault) {
            return new Read(Optional.empty(), fault);
        }
    }

    private Read manifest(SftpSession remote, String folder) throws SftpStatusException {
        try {
            Optional<Manifest> manifest = RemoteManifest.read(remote, RemotePath.below(job.root(), folder));
            return manifest.isEmpty() ? Read.not("no SHA256SUMS, not verified") : new Read(manifest, "");
        } catch (IllegalArgumentException e) {
            return Read.not("its manifest cannot be read, not verified (%s)".formatted(e.getMessage()));
        } catch (SftpStatusException e) {
            return Read.not(RootListing.unreadable(e));
        }
    }

    RetentionPlan plan() {
        return plan;
    }

    /** Suspiciously small copies in the newest and the {@code fresh} folders. */
    List<Plausible.Finding> suspicious(Collection<String> fresh) throws IOException {
        List<String> newest = new ArrayList<>(new TreeSet<>(plan.counted()).descendingSet());
        int percent = job.pruning().plausible();
        if (percent == 0 || newest.size() < 2) {
            return List.of();
        }
        List<String> looked = newest.stream()
                .filter(name -> name.equals(newest.get(0)) || fresh.contains(name))
                .limit(4L * Plausible.RECENT)
                .toList();
        int oldest = newest.indexOf(looked.get(looked.size() - 1));
        List<String> needed = newest.subList(0, Math.min(newest.size(), oldest + 1 + Plausible.RECENT));
        NavigableMap<String, Map<String, Long>> sizes = new FolderSizes(job, sessions, command).of(needed);
        return Plausible.findings(sizes, looked, percent);
    }

    /** Removes part files of interrupted runs, except in folders that are in use. */
    void sweep(DatedFolderLocks open) throws IOException {
        for (String part : staleParts) {
            String folder = job.root() + "/" + datedFolder(part);
            if (open.claim(job, folder)) {
                try {
                    sessions.run(remote -> {
                        RealFolders.requireParents(remote, job.root(), part);
                        remote.remove(part);
                    });
                    LOG.info("{}: removed {}, left by a run that was cut", job.name(), part);
                } catch (SftpStatusException e) {
                    String reason = FailureMessages.of(e, job).message();
                    LOG.warn("{}: {} cannot be removed: {}", job.name(), part, reason);
                } finally {
                    open.unclaim(job, folder);
                }
            }
        }
    }

    Map<String, Details> details(VerificationLog verifications) throws IOException {
        List<String> verified = plan.counted();
        Map<String, Map<String, Long>> sizes =
                verified.size() > LOOKED_INTO ? Map.of() : new FolderSizes(job, sessions, command).of(verified);
        Map<String, Details> details = new HashMap<>();
        for (String folder : verified) {
            LongStream bytes =
                    sizes.getOrDefault(folder, Map.of()).values().stream().mapToLong(Long::longValue);
            OptionalLong size = sizes.containsKey(folder) ? OptionalLong.of(bytes.sum()) : OptionalLong.empty();
            Optional<Manifest> manifest =
                    manifests.getOrDefault(folder, Read.not("")).manifest();
            OptionalLong files = manifest.stream().mapToLong(Manifest::size).findFirst();
            String how = manifest.map(all -> verification(all, verifications.of(job, folder)))
                    .orElse("listed");
            details.put(folder, new Details(size, files, how));
        }
        return details;
    }

    private static String verification(Manifest manifest, Map<String, VerificationLog.Entry> known) {
        NavigableSet<VerificationMethod> methods = new TreeSet<>();
        for (Map.Entry<String, String> copy : manifest.entries()) {
            VerificationLog.Entry entry = known.get(copy.getKey());
            if (entry == null || !entry.sha256().equals(copy.getValue())) {
                return "listed";
            }
            if (entry.verification().isEmpty()) {
                return "damaged";
            }
            methods.add(entry.verification().get());
        }
        return methods.isEmpty() ? "listed" : methods.last().toString();
    }
}
