package dev.offsite.prune;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.Manifest;
import dev.offsite.retention.Folder;
import dev.offsite.retention.Plausible;
import dev.offsite.retention.RetentionPlan;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteExec;
import dev.offsite.sftp.RemoteFile;
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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The dated folders of a job on the server, and which of them to prune. */
public final class PruneCandidates {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    /** An older part file belongs to an interrupted run. */
    private static final Duration STALE = Duration.ofDays(1);
    /** With more folders, a dry run does not look into each. */
    private static final int LOOKED_INTO = 500;

    private final Job job;
    private final SftpSessionPool sessions;
    private final RemoteExec command;
    private final Instant now;
    private final int max;
    private final Map<String, Optional<Manifest>> manifests = new HashMap<>();
    private Map<String, RemoteFile> stale = Map.of();
    private RetentionPlan plan;

    PruneCandidates(Job job, SftpSessionPool sessions, RemoteExec command, Instant now, int max) {
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
        RootListing.Found found = new RootListing(job, sessions, command).look();
        stale = new TreeMap<>(found.parts());
        stale.values().removeIf(part -> part.modified().isAfter(now.minus(STALE)));
        Map<String, Folder> folders = new TreeMap<>();
        found.folders().forEach(folder -> folders.put(folder.name(), folder));
        found.parts().keySet().stream()
                .filter(part -> !stale.containsKey(part))
                .map(this::datedFolder)
                .forEach(name -> folders.computeIfPresent(
                        name, (n, folder) -> folder.unverified("partly uploaded (part files)")));
        try {
            RetentionPlan.of(found.folders(), job.retention(), LocalDate.ofInstant(now, job.zone()));
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

    /** A folder with an unreadable manifest must not count as kept: plans again until all needed ones are read. */
    private void plan(Map<String, Folder> folders, boolean dryRun) throws IOException {
        LocalDate today = LocalDate.ofInstant(now, job.zone());
        boolean faulty = true;
        while (faulty) {
            faulty = false;
            plan = RetentionPlan.of(List.copyOf(folders.values()), job.retention(), today);
            int removed = plan.removed().size();
            boolean over = removed > max;
            boolean decides = removed > 0 && !over;
            List<String> unread = new ArrayList<>(plan.kept());
            unread.addAll(plan.removed());
            unread.removeAll(manifests.keySet());
            // Also when over the limit, so that the number in the refusal is right for --max.
            if (decides || ((over || dryRun) && unread.size() <= LOOKED_INTO)) {
                for (Map.Entry<String, Read> read :
                        sessions.ask(job.parallel(), unread, this::manifest).entrySet()) {
                    Read is = read.getValue();
                    manifests.put(read.getKey(), is.manifest());
                    if (is.manifest().isEmpty()) {
                        faulty = true;
                        folders.computeIfPresent(read.getKey(), (n, folder) -> folder.unverified(is.fault()));
                    }
                }
            }
        }
    }

    private record Read(Optional<Manifest> manifest, String fault) {
        static Read not(String fault) {
            return new Read(Optional.empty(), fault);
        }
    }

    private Read manifest(SftpSession remote, String folder) throws SftpStatusException {
        try {
            Optional<String> text = remote.read(job.root() + "/" + folder + "/" + Manifest.NAME);
            return text.isEmpty() ? Read.not("no SHA256SUMS, not verified") : new Read(text.map(Manifest::parse), "");
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
        TreeSet<String> verified = new TreeSet<>(plan.kept());
        verified.addAll(plan.removed());
        int percent = job.pruning().plausible();
        if (percent == 0 || verified.size() < 2) {
            return List.of();
        }
        List<String> newest = new ArrayList<>(verified.descendingSet());
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
        for (String part : stale.keySet()) {
            String folder = job.root() + "/" + datedFolder(part);
            if (open.claim(job, folder)) {
                try {
                    sessions.call(remote -> {
                        remote.remove(part);
                        return null;
                    });
                    LOG.info("{}: removed {}, left by a run that was cut", job.name(), part);
                } catch (SftpStatusException e) {
                    LOG.warn(
                            "{}: {} cannot be removed: {}",
                            job.name(),
                            part,
                            FailureMessages.of(e, job).message());
                } finally {
                    open.unclaim(job, folder);
                }
            }
        }
    }

    Map<String, Details> details(VerificationLog verifications) throws IOException {
        List<String> verified = new ArrayList<>(plan.kept());
        verified.addAll(plan.removed());
        Map<String, Map<String, Long>> sizes =
                verified.size() > LOOKED_INTO ? Map.of() : new FolderSizes(job, sessions, command).of(verified);
        Map<String, Details> details = new HashMap<>();
        for (String folder : verified) {
            Optional<Manifest> manifest = manifests.getOrDefault(folder, Optional.empty());
            Map<String, Long> copies = sizes.get(folder);
            details.put(
                    folder,
                    new Details(
                            copies == null
                                    ? OptionalLong.empty()
                                    : OptionalLong.of(copies.values().stream()
                                            .mapToLong(size -> size)
                                            .sum()),
                            manifest.map(m -> OptionalLong.of(m.size())).orElse(OptionalLong.empty()),
                            manifest.map(m -> verification(m, verifications.of(job, folder)))
                                    .orElse("listed")));
        }
        return details;
    }

    private static String verification(Manifest manifest, Map<String, VerificationLog.Entry> known) {
        String weakest = "";
        for (Map.Entry<String, String> copy : manifest.entries().entrySet()) {
            VerificationLog.Entry entry = known.get(copy.getKey());
            if (entry == null || !entry.sha256().equals(copy.getValue())) {
                return "listed";
            }
            if (entry.verification().isEmpty()) {
                return "damaged";
            }
            weakest = weaker(weakest, entry.verification().get());
        }
        return weakest.isEmpty() ? "listed" : weakest;
    }

    private static String weaker(String before, VerificationMethod method) {
        return before.isEmpty() || VerificationMethod.named(before).atLeast(method) ? method.toString() : before;
    }
}
