package dev.offsite.ship;

import dev.offsite.catalog.RemoteManifest;
import dev.offsite.cluster.Cluster;
import dev.offsite.io.Text;
import dev.offsite.job.DatedBy;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.owner.RootException;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.login.SshException;
import dev.offsite.ship.UncommittedFiles.Match;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.verify.VerificationException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds an empty ledger from the manifests on the server, after the local state was lost. A local file is added only
 * if a manifest lists the same bytes and the copy is verified again. In doubt it is shipped.
 */
public final class LedgerRebuild {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** How long to wait for another node that does the same. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final ShipContext context;
    /** Jobs that need no further search. */
    private final Set<String> searched = ConcurrentHashMap.newKeySet();

    LedgerRebuild(ShipContext context) {
        this.context = context;
    }

    boolean isSuspected(Job job) {
        return !searched.contains(job.name()) && context.ledger().mayHaveForgotten(job);
    }

    /**
     * Reads one manifest per dated folder, newest first, until all files are found.
     *
     * @throws SshException if the target cannot be reached or refuses; the search is repeated next time
     * @throws RootException if another node searches just now: shipping meanwhile would repeat what is there
     */
    void search(Job job, UncommittedFiles files) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        try (Cluster.Lock lock = context.cluster()
                .lock("recovery " + job.destination(), PATIENCE)
                .orElseThrow(RootException::ofSearch)) {
            if (!context.cluster().isShared() || isSuspected(job)) {
                searchAll(job, files);
            }
        }
    }

    private void searchAll(Job job, UncommittedFiles files) throws IOException {
        List<String> folders = folders(job);
        if (job.encryption().isPresent()
                && !folders.isEmpty()
                && context.folders().contents().log().folders(job).isEmpty()) {
            LOG.warn(
                    "{}: what is inside encrypted copies there is not known here, so all that is still here is shipped; if that is too"
                            + " much, stop and run: offsite adopt {} --identity FILE",
                    job.name(),
                    job.name());
        }
        for (String folder : folders) {
            if (!files.isEmpty()) {
                search(job, folder, files);
            }
        }
        searched.add(job.name());
        context.ledger().searched(job);
        context.ledger().sync();
    }

    /** The dated folders, newest first; empty if the root cannot be listed. */
    private List<String> folders(Job job) throws IOException {
        try {
            return context.connections().to(job.target()).sessions().call(remote -> RealFolders.confirm(
                            remote, job.root(), remote.listIfThere(job.root()), name -> job.folders()
                                    .parse(name)
                                    .isPresent())
                    .stream()
                    .filter(RemoteFile::directory)
                    .map(RemoteFile::name)
                    .filter(name -> job.folders().parse(name).isPresent())
                    .sorted(Comparator.reverseOrder())
                    .toList());
        } catch (SftpStatusException e) {
            if (FailureMessages.lost(e)) {
                throw e;
            }
            LOG.debug("{}: {} is not searched for what was shipped", job.name(), job.root(), e);
            return List.of();
        }
    }

    private void search(Job job, String folder, UncommittedFiles files) throws IOException {
        String path = job.root() + "/" + folder;
        try {
            List<Match> copies = copies(job, folder, files);
            if (!copies.isEmpty()) {
                BiConsumer<String, String> unverified = (copy, reason) ->
                        LOG.warn("{}: {} is listed there, but: {}", job.name(), Text.line(copy), reason);
                files.commit(path, files.claimed(files.verify(path, copies, unverified)));
            }
        } catch (SftpStatusException | IllegalArgumentException | VerificationException e) {
            if (e instanceof SftpStatusException refusal && FailureMessages.lost(refusal)) {
                // The next run searches again. Shipping now would repeat what is there.
                throw refusal;
            }
            String why = FailureMessages.of(e, job).message();
            LOG.warn("{}: {} is of no help in finding out what was shipped: {}", job.name(), path, why);
        } finally {
            files.release();
        }
    }

    /** The copies in a dated folder that its manifest lists with the bytes of a local file. */
    private List<Match> copies(Job job, String folder, UncommittedFiles files) throws IOException {
        String path = job.root() + "/" + folder;
        UncommittedFiles.Matcher matcher = files.in(folder);
        Map<String, Long> sizes = new TreeMap<>();
        Manifest manifest = context.connections().to(job.target()).sessions().call(remote -> {
            Manifest listed = manifest(remote, path);
            NavigableSet<String> wanted = new TreeSet<>(listed.names());
            wanted.removeIf(name -> !matcher.has(name));
            if (!wanted.isEmpty()) {
                // Does not follow links: they may lead out of the root.
                RemoteTreeWalker.walk(remote, path, new RemoteTreeWalker.Visitor() {
                    @Override
                    public boolean matters(String name) {
                        String below = wanted.ceiling(name + "/");
                        return below != null && below.startsWith(name + "/");
                    }

                    @Override
                    public boolean found(String name, RemoteFile entry) {
                        if (entry.file()) {
                            sizes.put(name, entry.size());
                        }
                        return true;
                    }
                });
            }
            return listed;
        });
        List<Match> copies = new ArrayList<>();
        sizes.forEach((name, size) -> matcher.match(name, size)
                .filter(match ->
                        manifest.hash(name).filter(match.sha256()::equals).isPresent())
                .filter(match -> belongs(job, folder, match.file()))
                .ifPresent(copies::add));
        return copies;
    }

    private static Manifest manifest(SftpSession remote, String folder) throws SftpStatusException {
        String file = folder + "/" + Manifest.NAME;
        return remote.stat(file).filter(RemoteFile::file).isEmpty()
                ? Manifest.EMPTY
                : RemoteManifest.read(remote, folder).orElse(Manifest.EMPTY);
    }

    /** With dated-by=file a copy belongs only into the folder of its own day. */
    private static boolean belongs(Job job, String folder, SourceFile file) {
        Instant modified = Instant.ofEpochMilli(file.modified());
        return job.datedBy() == DatedBy.RUN
                || job.folders().name(job.day(LocalDate.EPOCH, modified)).equals(folder);
    }
}
