package dev.offsite.ship;

import dev.offsite.io.Clocks;
import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.source.SourceChecksumException;
import dev.offsite.source.SourceChecksums;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.component.file.FileEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after an interrupted run: removes its part files, and commits what it had published but not yet recorded in
 * the manifest or the ledger, so that nothing is shipped twice.
 */
public final class CrashRecovery implements CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Jobs jobs;
    private final TargetConnections connections;
    private final Ledger ledger;
    private final DatedFolderLocks folders;
    private final Verifier verifier;
    private final VerificationLog verifications;
    private final LedgerRebuild lostState;
    private CamelContext context;

    public CrashRecovery(
            Jobs jobs,
            TargetConnections connections,
            Ledger ledger,
            DatedFolderLocks folders,
            Verifier verifier,
            VerificationLog verifications) {
        this.jobs = jobs;
        this.connections = connections;
        this.ledger = ledger;
        this.folders = folders;
        this.verifier = verifier;
        this.verifications = verifications;
        this.lostState = new LedgerRebuild(connections, ledger, verifier, verifications);
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /** Whether the job's last run was interrupted, or no earlier run is known. */
    public boolean needed(String job) {
        Job left = jobs.get(job);
        return lostState.suspected(left) || leftOpen(left);
    }

    private boolean leftOpen(Job left) {
        return ledger.openFolders(left).stream().anyMatch(folder -> !folders.used(left, datedFolder(left, folder)));
    }

    public void run(String name, FileEndpoint source) throws Exception {
        Job job = jobs.get(name);
        run(
                name,
                SourceScan.of(job, source, file -> !ledger.contains(job, file)).files());
    }

    /**
     * Recovers the folders of earlier runs; {@code waiting} are the local files that are not in the ledger.
     *
     * @throws Exception if the target cannot be reached or refuses
     */
    public void run(String name, List<SourceFile> waiting) throws Exception {
        Job job = jobs.get(name);
        boolean lost = lostState.suspected(job);
        Map<String, List<String>> byDate = ledger.openFolders(job).stream()
                .collect(Collectors.groupingBy(folder -> datedFolder(job, folder), TreeMap::new, Collectors.toList()));
        for (Map.Entry<String, List<String>> left : byDate.entrySet()) {
            // Skip a folder that another route is writing into until the next recovery.
            if (folders.claim(job, left.getKey())) {
                try {
                    run(job, left.getKey(), left.getValue(), waiting);
                } finally {
                    folders.unclaim(job, left.getKey());
                }
            }
        }
        if (lost) {
            lostState.search(
                    job,
                    waiting.stream().filter(file -> !ledger.contains(job, file)).toList(),
                    context);
        }
    }

    private void run(Job job, String dated, List<String> left, List<SourceFile> waiting) throws Exception {
        TargetConnection connection = connections.to(job.target());
        Map<String, Long> there = new HashMap<>();
        int parts = 0;
        for (String folder : left) {
            parts += sweep(connection, dated, folder, there);
        }
        if (parts > 0) {
            LOG.info("{}: removed {} part files of a run that was cut", job.name(), parts);
        }
        adopt(job, connection, dated, there, waiting);
        left.forEach(folder -> ledger.closeFolder(job, folder));
        ledger.flush();
    }

    /** Removes the part files in one folder and collects its other files by their names below the dated folder. */
    private static int sweep(TargetConnection connection, String dated, String folder, Map<String, Long> files)
            throws IOException {
        return connection.sessions().call(remote -> {
            if (remote.stat(folder).filter(RemoteFile::directory).isEmpty()) {
                return 0;
            }
            int parts = 0;
            for (RemoteFile entry : remote.list(folder)) {
                String path = folder + "/" + entry.name();
                if (entry.file() && TemporaryName.matches(entry.name())) {
                    remote.remove(path);
                    parts++;
                } else if (entry.file() && !path.equals(dated + "/" + Manifest.NAME)) {
                    files.put(path.substring(dated.length() + 1), entry.size());
                }
            }
            return parts;
        });
    }

    private static String datedFolder(Job job, String folder) {
        String below = folder.substring(job.root().length() + 1);
        String dated = below.substring(0, (below + "/").indexOf('/'));
        return job.root() + "/" + dated;
    }

    /** Commits the files that are complete according to the server's hash. */
    private void adopt(
            Job job, TargetConnection connection, String dated, Map<String, Long> there, List<SourceFile> waiting)
            throws IOException, VerificationException {
        Map<String, SourceFile> candidates = new TreeMap<>();
        for (SourceFile file : waiting) {
            String name = file.below(job.source());
            if (there.getOrDefault(name, -1L) == file.size()) {
                candidates.put(name, file);
            }
        }
        if (candidates.isEmpty()) {
            return;
        }
        List<ExpectedFile> claims = new ArrayList<>();
        SourceChecksums checksums = new SourceChecksums(job.source(), job.ready());
        for (Map.Entry<String, SourceFile> one : candidates.entrySet()) {
            try {
                String sha256 = sha256(checksums, one.getValue());
                claims.add(new ExpectedFile(
                        dated + "/" + one.getKey(), sha256, one.getValue().size()));
            } catch (SourceChecksumException e) {
                // Shipping the file will report the problem.
                LOG.debug("{}: {} is not taken for shipped", job.name(), one.getKey(), e);
            }
        }
        if (claims.isEmpty()) {
            return;
        }
        Map<String, VerificationResult> verdicts = verifier.verify(job, claims);
        Map<String, String> verified = new TreeMap<>();
        List<VerificationLog.Entry> entries = new ArrayList<>();
        Instant now = Clocks.of(context).instant();
        for (ExpectedFile claim : claims) {
            String name = claim.path().substring(dated.length() + 1);
            VerificationResult verdict = verdicts.get(claim.path());
            if (verdict.isVerified()) {
                verified.put(name, claim.sha256());
                entries.add(new VerificationLog.Entry(name, claim.sha256(), verdict.verification(), now));
            }
        }
        DatedFolderWriter.open(job, dated, connection.sessions(), ledger).list(verified);
        List<String> keys = new ArrayList<>();
        verifications.add(job, dated.substring(dated.lastIndexOf('/') + 1), entries);
        for (VerificationLog.Entry entry : entries) {
            String name = entry.name();
            SourceFile file = candidates.get(name);
            AfterCommit.owe(job, ledger, file);
            keys.add(Ledger.key(job, file.file(), file.modified(), file.size()));
            LOG.info(
                    "{}: {} was there already, verified again ({})",
                    job.name(),
                    Text.line(dated + "/" + name),
                    entry.verification().orElseThrow());
        }
        keys.forEach(ledger::add);
    }

    static String sha256(SourceChecksums checksums, SourceFile file) throws IOException {
        Path path = file.file().toPath();
        List<SourceChecksums.Expected> expected = checksums.of(path);
        try (InputStream in = Files.newInputStream(path);
                HashingInputStream hashing = new HashingInputStream(in, read -> {})) {
            expected.forEach(one -> hashing.with(one.algorithm().javaName()));
            hashing.transferTo(OutputStream.nullOutputStream());
            checksums.check(path, hashing);
            return hashing.sha256();
        }
    }
}
