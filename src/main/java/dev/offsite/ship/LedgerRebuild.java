package dev.offsite.ship;

import dev.offsite.io.Clocks;
import dev.offsite.io.Text;
import dev.offsite.job.DatedBy;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.SshException;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.source.SourceChecksums;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds an empty ledger from the manifests on the server, after the local state was lost. A local file is added only
 * if a manifest lists the same bytes and the copy is verified again. In doubt it is shipped.
 */
public final class LedgerRebuild {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final TargetConnections connections;
    private final Ledger ledger;
    private final Verifier verifier;
    private final VerificationLog verifications;
    /** Jobs that need no further search. */
    private final Set<String> searched = ConcurrentHashMap.newKeySet();

    LedgerRebuild(TargetConnections connections, Ledger ledger, Verifier verifier, VerificationLog verifications) {
        this.connections = connections;
        this.ledger = ledger;
        this.verifier = verifier;
        this.verifications = verifications;
    }

    boolean suspected(Job job) {
        return !searched.contains(job.name()) && !ledger.knows(job);
    }

    /**
     * Reads one manifest per dated folder, newest first; {@code waiting} are the files that are not in the ledger.
     *
     * @throws SshException if the target cannot be reached or refuses; the search is repeated next time
     */
    void search(Job job, List<SourceFile> waiting, CamelContext context) throws IOException {
        if (waiting.isEmpty()) {
            return;
        }
        Map<String, SourceFile> missing = new LinkedHashMap<>();
        waiting.forEach(file -> missing.put(file.below(job.source()), file));
        Map<String, String> hashes = new HashMap<>();
        SourceChecksums checksums = new SourceChecksums(job.source(), job.ready());
        Instant now = Clocks.of(context).instant();
        for (String folder : readable(job)) {
            if (!missing.isEmpty()) {
                List<VerificationLog.Entry> adopted =
                        search(job, folder, missing, name -> hash(name, missing.get(name), checksums, hashes), now);
                adopted.forEach(entry -> missing.remove(entry.name()));
            }
        }
        searched.add(job.name());
        ledger.flush();
    }

    /** The dated folders, newest first; empty if the root cannot be listed. */
    private List<String> readable(Job job) throws IOException {
        try {
            return folders(job);
        } catch (SftpStatusException e) {
            if (FailureMessages.lost(e)) {
                throw e;
            }
            LOG.debug("{}: {} is not searched for what was shipped", job.name(), job.root(), e);
            return List.of();
        }
    }

    private List<String> folders(Job job) throws IOException {
        return connections.to(job.target()).sessions().call(remote -> remote.listIfThere(job.root())).stream()
                .filter(entry ->
                        entry.directory() && job.folders().parse(entry.name()).isPresent())
                .map(RemoteFile::name)
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private List<VerificationLog.Entry> search(
            Job job, String folder, Map<String, SourceFile> missing, UnaryOperator<String> hash, Instant now)
            throws IOException {
        String path = job.root() + "/" + folder;
        List<VerificationLog.Entry> adopted = new ArrayList<>();
        try {
            Map<String, Long> sizes = new HashMap<>();
            Manifest manifest = manifest(job, path, missing, sizes);
            List<ExpectedFile> claims = new ArrayList<>();
            for (Map.Entry<String, SourceFile> one : missing.entrySet()) {
                String name = one.getKey();
                Optional<String> listed = manifest.hash(name);
                if (listed.isPresent()
                        && belongs(job, folder, one.getValue())
                        && sizes.getOrDefault(name, -1L) == one.getValue().size()
                        && listed.get().equals(hash.apply(name))) {
                    claims.add(new ExpectedFile(
                            path + "/" + name, listed.get(), one.getValue().size()));
                }
            }
            if (!claims.isEmpty()) {
                adopt(job, path, claims, missing, now, adopted);
            }
        } catch (SftpStatusException e) {
            if (FailureMessages.lost(e)) {
                // The next run searches again. Shipping now would repeat what is there.
                throw e;
            }
            noHelp(job, path, e);
        } catch (IllegalArgumentException | VerificationException e) {
            noHelp(job, path, e);
        }
        return adopted;
    }

    private static void noHelp(Job job, String path, Exception e) {
        String why = FailureMessages.of(e, job).message();
        LOG.warn("{}: {} is of no help in finding out what was shipped: {}", job.name(), path, why);
    }

    /** With dated-by=file a copy belongs only into the folder of its own day. */
    private static boolean belongs(Job job, String folder, SourceFile file) {
        Instant modified = Instant.ofEpochMilli(file.modified());
        return job.datedBy() == DatedBy.RUN
                || job.folders().name(job.day(LocalDate.EPOCH, modified)).equals(folder);
    }

    /** Reads a folder's manifest, and the sizes of those listed files that are missing from the ledger. */
    private Manifest manifest(Job job, String path, Map<String, SourceFile> missing, Map<String, Long> sizes)
            throws IOException {
        return connections.to(job.target()).sessions().call(remote -> {
            String file = path + "/" + Manifest.NAME;
            if (remote.stat(file).filter(RemoteFile::file).isEmpty()) {
                return Manifest.EMPTY;
            }
            Manifest manifest = remote.read(file).map(Manifest::parse).orElse(Manifest.EMPTY);
            Set<String> folders = new java.util.TreeSet<>();
            manifest.names().stream()
                    .filter(missing::containsKey)
                    .forEach(name -> folders.add(name.substring(0, name.lastIndexOf('/') + 1)));
            for (String folder : folders) {
                sizes(remote, path, folder, sizes);
            }
            return manifest;
        });
    }

    private static void sizes(SftpSession remote, String path, String folder, Map<String, Long> sizes)
            throws SftpStatusException {
        // Do not follow links: they may lead out of the root.
        for (int slash = folder.indexOf('/'); slash >= 0; slash = folder.indexOf('/', slash + 1)) {
            if (remote.stat(path + "/" + folder.substring(0, slash))
                    .filter(RemoteFile::directory)
                    .isEmpty()) {
                return;
            }
        }
        for (RemoteFile entry : remote.list(path + "/" + folder)) {
            if (entry.file()) {
                sizes.put(folder + entry.name(), entry.size());
            }
        }
    }

    /** Hashes a local file once. An unreadable file is skipped here; shipping reports it. */
    private static String hash(String name, SourceFile file, SourceChecksums checksums, Map<String, String> hashes) {
        return hashes.computeIfAbsent(name, first -> {
            try {
                return CrashRecovery.sha256(checksums, file);
            } catch (IOException e) {
                LOG.debug("{} cannot be hashed", name, e);
                return "";
            }
        });
    }

    private void adopt(
            Job job,
            String path,
            List<ExpectedFile> claims,
            Map<String, SourceFile> missing,
            Instant now,
            List<VerificationLog.Entry> adopted)
            throws IOException, VerificationException {
        Map<String, VerificationResult> verdicts = verifier.verify(job, claims);
        for (ExpectedFile claim : claims) {
            String name = claim.path().substring(path.length() + 1);
            VerificationResult verdict = verdicts.get(claim.path());
            if (verdict.isVerified()) {
                adopted.add(new VerificationLog.Entry(name, claim.sha256(), verdict.verification(), now));
            } else {
                LOG.warn("{}: {} is listed there, but: {}", job.name(), Text.line(claim.path()), verdict.reason());
            }
        }
        verifications.add(job, path.substring(path.lastIndexOf('/') + 1), adopted);
        for (VerificationLog.Entry entry : adopted) {
            SourceFile file = missing.get(entry.name());
            if (file.file().length() == file.size() && file.file().lastModified() == file.modified()) {
                AfterCommit.owe(job, ledger, file);
                ledger.add(Ledger.key(job, file.file(), file.modified(), file.size()));
                LOG.info(
                        "{}: {} was there already, verified again ({})",
                        job.name(),
                        Text.line(path + "/" + entry.name()),
                        entry.verification().orElseThrow());
            }
        }
    }
}
