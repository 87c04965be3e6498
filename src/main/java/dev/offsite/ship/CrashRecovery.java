package dev.offsite.ship;

import dev.offsite.cluster.Cluster;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.ledger.OpenFolder;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.resume.UploadRecords;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.ship.UncommittedFiles.Match;
import dev.offsite.ship.UncommittedFiles.Verified;
import dev.offsite.source.FileClaims;
import dev.offsite.source.SourceFiles;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after an interrupted run: removes its part files, and commits what it had published but not yet recorded in
 * the manifest or the ledger, so that nothing is shipped twice. In a cluster, that is what this node has left, and what those
 * have left that are dead.
 */
public final class CrashRecovery {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** How long to wait for another node that puts the same folder in order; then it is left to that one. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ShipContext context;
    private final LedgerRebuild rebuild;

    public CrashRecovery(ShipContext context) {
        this.context = context;
        this.rebuild = new LedgerRebuild(context);
    }

    /** Whether the job's last run was interrupted, or no earlier run is known. */
    public boolean needed(String name) {
        Job job = context.jobs().get(name);
        return rebuild.isSuspected(job)
                || !ended(job).isEmpty()
                || unfinished(job).keySet().stream()
                        .anyMatch(dated -> !context.folders().used(job, dated));
    }

    /** What earlier runs did not finish, by dated folder. */
    private Map<String, List<OpenFolder>> unfinished(Job job) {
        return context.ledger().unfinished(job).stream()
                .collect(Collectors.groupingBy(
                        folder -> datedFolder(job, folder.path()), TreeMap::new, Collectors.toList()));
    }

    public void run(String name) throws Exception {
        Job job = context.jobs().get(name);
        CommittedFiles committed = new CommittedFiles(job, context.ledger());
        run(
                name,
                SourceScan.of(context.camel(), job, committed.ahead(), file -> !committed.isListed(file), null)
                        .files());
    }

    /**
     * Recovers the folders of earlier runs; {@code waiting} are the local files that are not in the ledger.
     *
     * @throws Exception if the target cannot be reached or refuses
     */
    public void run(String name, List<SourceFile> waiting) throws Exception {
        Job job = context.jobs().get(name);
        boolean lost = rebuild.isSuspected(job);
        removeEnded(job);
        UncommittedFiles files = new UncommittedFiles(context, job, withoutThoseOfOthers(job, waiting));
        Set<String> byDate = unfinished(job).keySet();
        if (!byDate.isEmpty() || (lost && !files.isEmpty())) {
            context.folders()
                    .owners()
                    .check(job, context.connections().to(job.target()).sessions());
        }
        for (String dated : byDate) {
            // Skip a folder that another route is writing into until the next recovery.
            if (context.folders().claimHere(job, dated)) {
                try {
                    inTurn(job, dated, files);
                } finally {
                    context.folders().unclaim(job, dated);
                }
            }
        }
        if (lost) {
            rebuild.search(job, files);
        }
    }

    /** Other nodes may do the same: one at a time, and what one has done is not left for the next. */
    private void inTurn(Job job, String dated, UncommittedFiles files) throws Exception {
        Optional<Cluster.Lock> lock =
                context.cluster().lock("recovery %s/%s".formatted(job.destination(), RemotePath.name(dated)), PATIENCE);
        if (lock.isEmpty()) {
            return;
        }
        try (Cluster.Lock held = lock.get()) {
            List<OpenFolder> left = unfinished(job).getOrDefault(dated, List.of());
            if (!left.isEmpty()) {
                run(job, dated, left, files);
            }
        } finally {
            files.release();
        }
    }

    /** What other nodes ship now is not lost. */
    private List<SourceFile> withoutThoseOfOthers(Job job, List<SourceFile> waiting) {
        Set<File> others = claims(job).ofOthers();
        return others.isEmpty()
                ? waiting
                : waiting.stream()
                        .filter(file -> !others.contains(file.file()))
                        .collect(Collectors.toCollection(SourceFiles::new));
    }

    private FileClaims claims(Job job) {
        return new FileClaims(job, context.cluster());
    }

    /** The uploads that were cut and will not go on, and why. */
    private Map<UploadRecords.Kept, String> ended(Job job) {
        UploadRecords uploads = context.folders().uploads();
        Map<UploadRecords.Kept, String> ended = new LinkedHashMap<>();
        uploads.resting(job.name(), job.target().toString()).forEach(kept -> uploads.fault(kept.record())
                .or(() -> Optional.of("it was shipped since").filter(reason -> context.ledger()
                        .contains(job, SourceFile.of(kept.record().source().toFile()))))
                .ifPresent(reason -> ended.put(kept, reason)));
        return ended;
    }

    private void removeEnded(Job job) throws IOException {
        FileClaims claims = claims(job);
        for (Map.Entry<UploadRecords.Kept, String> one : ended(job).entrySet()) {
            File file = one.getKey().record().source().toFile();
            // Another node may be about to go on with it.
            if (claims.take(file)) {
                try {
                    if (context.folders().uploads().isSame(one.getKey())) {
                        removeEnded(job, one.getKey(), one.getValue());
                    }
                } finally {
                    claims.release(file);
                }
            }
        }
    }

    private void removeEnded(Job job, UploadRecords.Kept kept, String reason) throws IOException {
        SftpSessionPool sessions = context.connections().to(job.target()).sessions();
        String part = kept.record().part();
        if (part.startsWith(job.root() + "/")) {
            context.folders().owners().check(job, sessions);
            sessions.run(remote -> {
                try {
                    RealFolders.requireParents(remote, job.root(), part);
                    remote.remove(part);
                } catch (SftpStatusException e) {
                    if (!e.answered()) {
                        throw e;
                    }
                    LOG.debug("{}: {} stays", job.name(), part, e);
                }
            });
        }
        context.folders().uploads().remove(kept.key());
        LOG.info(
                "{}: removed what a run that was cut had sent of {}: {}",
                job.name(),
                Text.line(kept.record().source().toString()),
                reason);
    }

    private void run(Job job, String dated, List<OpenFolder> left, UncommittedFiles files) throws Exception {
        SftpSessionPool sessions = context.connections().to(job.target()).sessions();
        List<OpenFolder> done = new ArrayList<>(left);
        if (context.cluster().isShared()) {
            // So that no other node prunes it meanwhile.
            context.ledger().openFolder(job, dated);
            done.add(new OpenFolder(context.cluster().node(), dated));
        }
        Map<String, Long> sizes = sessions.call(remote -> sweep(job, remote, dated, left));
        UncommittedFiles.Matcher matcher = files.in(RemotePath.name(dated));
        List<Match> found = new ArrayList<>();
        sizes.forEach((name, size) -> matcher.match(name, size).ifPresent(found::add));
        boolean parts = sizes.keySet().stream().anyMatch(ManifestPart::isPart);
        if (!found.isEmpty() || parts) {
            List<Verified> intact = new ArrayList<>(files.verify(dated, found, (path, reason) -> {}));
            DatedFolderWriter folder = context.folders().open(job, dated, -1, sessions);
            ManifestWriter manifest = folder.manifest();
            try (ManifestWriter.Hold hold = manifest.hold(() -> false)) {
                Map<String, String> hashes = found.stream().collect(Collectors.toMap(Match::name, Match::sha256));
                Set<String> others = manifest.ofOthers(hashes, true);
                intact.retainAll(files.claimed(intact));
                intact.removeIf(one -> others.contains(one.match().name()));
                // Those that are listed are in a part that is listed, too.
                List<PlainFile> contents = intact.stream()
                        .filter(one -> !manifest.listed()
                                .has(Map.of(one.match().name(), one.match().sha256())))
                        .flatMap(one -> one.match().content().stream())
                        .toList();
                if (folder.parts().isPresent() && !contents.isEmpty()) {
                    folder.parts().get().prepare(contents);
                }
                Map<String, String> listed = intact.stream()
                        .collect(Collectors.toMap(
                                one -> one.match().name(), one -> one.match().sha256()));
                if (contents.isEmpty()) {
                    manifest.list(listed);
                } else {
                    folder.list(listed);
                }
                removeUnlisted(job, dated, sizes.keySet(), manifest);
            }
            files.commit(dated, intact);
        }
        context.ledger().recovered(job, done);
        context.ledger().sync();
    }

    /** Removes the parts of the manifest that a run wrote which was cut before it listed them. */
    private void removeUnlisted(Job job, String dated, Set<String> names, ManifestWriter manifest) throws IOException {
        SftpSessionPool sessions = context.connections().to(job.target()).sessions();
        for (String name : names) {
            if (ManifestPart.isPart(name) && manifest.listed().hash(name).isEmpty()) {
                sessions.call(remote -> remote.removeIfAllowed(dated + "/" + name));
            }
        }
    }

    /** Removes the part files that were left in the folders, but not those of uploads that go on; returns the sizes of other files by their names below the dated folder. */
    private Map<String, Long> sweep(Job job, SftpSession remote, String dated, List<OpenFolder> left)
            throws IOException {
        Set<String> folders = left.stream().map(OpenFolder::path).collect(Collectors.toSet());
        Map<String, Long> sizes = new TreeMap<>();
        if (!RealFolders.is(remote, dated)) {
            return sizes;
        }
        List<String> parts = new ArrayList<>();
        RemoteTreeWalker.walk(remote, dated, new RemoteTreeWalker.Visitor() {
            @Override
            public boolean matters(String name) {
                return folders.contains(dated + "/" + name);
            }

            @Override
            public boolean found(String name, RemoteFile entry) {
                if (entry.file() && TemporaryName.matches(entry.name())) {
                    // In a shared root it may be another writer's. A prune removes it when it is a day old.
                    if (!job.shared() && !context.folders().keeps(job, dated + "/" + name)) {
                        parts.add(dated + "/" + name);
                    }
                } else if (entry.file() && !name.equals(Manifest.NAME)) {
                    sizes.put(name, entry.size());
                }
                return true;
            }
        });
        // Asked afterwards: a node that has just begun to write must be among those that are alive.
        parts.removeIf(left(left).negate());
        for (String part : parts) {
            remote.remove(part);
        }
        if (!parts.isEmpty()) {
            LOG.info("{}: removed {} part files of a run that was cut", job.name(), parts.size());
        }
        return sizes;
    }

    /**
     * Whether a part file is this node's, or that of one that is dead. Those of a machine that was alone have digits of no
     * node.
     */
    private Predicate<String> left(List<OpenFolder> folders) {
        if (!context.cluster().isShared()) {
            return part -> true;
        }
        if (folders.stream().anyMatch(folder -> folder.node().equals(OpenFolder.ALONE))) {
            Set<String> others = new HashSet<>(context.cluster().alive());
            others.remove(context.cluster().node());
            return part -> !others.contains(TemporaryName.node(part));
        }
        Set<String> nodes = new HashSet<>(context.cluster().dead());
        nodes.add(context.cluster().node());
        return part -> nodes.contains(TemporaryName.node(part));
    }

    private static String datedFolder(Job job, String folder) {
        String below = folder.substring(job.root().length() + 1);
        return job.root() + "/" + below.split("/", 2)[0];
    }
}
