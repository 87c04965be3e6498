package dev.offsite.scrub;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.SshException;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds copies back to a SHA256SUMS that was lost or lost their lines, if their content is still what was verified. */
public final class ManifestRepair {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Scrubber scrub;
    private final Job job;
    private final SftpSessionPool sessions;

    ManifestRepair(Scrubber scrub, Job job, SftpSessionPool sessions) {
        this.scrub = scrub;
        this.job = job;
        this.sessions = sessions;
    }

    /** Returns the copies that are listed again. */
    Set<Listed> list(List<Listed> lost) throws IOException, VerificationException {
        Map<String, VerificationResult> verdicts = scrub.verifier()
                .verify(
                        job,
                        lost.stream()
                                .map(copy -> new ExpectedFile(path(copy), copy.sha256(), -1))
                                .toList());
        Map<String, List<Listed>> byFolder = new TreeMap<>();
        for (Listed copy : lost) {
            // Comparing sizes verifies nothing here, since the expected size is unknown.
            if (verdicts.get(path(copy))
                    .verification()
                    .filter(verification -> verification != VerificationMethod.SIZE)
                    .isPresent()) {
                byFolder.computeIfAbsent(copy.folder(), folder -> new ArrayList<>())
                        .add(copy);
            }
        }
        Set<Listed> listed = new HashSet<>();
        for (Map.Entry<String, List<Listed>> folder : byFolder.entrySet()) {
            try {
                list(folder.getKey(), folder.getValue(), verdicts);
                listed.addAll(folder.getValue());
            } catch (SshException | SftpStatusException e) {
                throw e;
            } catch (IOException e) {
                LOG.warn(
                        "{}: not listed again: {}",
                        job.name(),
                        FailureMessages.of(e, job).message());
            }
        }
        return listed;
    }

    private void list(String folder, List<Listed> copies, Map<String, VerificationResult> verdicts) throws IOException {
        String dated = RemotePath.below(job.root(), folder);
        Map<String, String> entries = new HashMap<>();
        List<VerificationLog.Entry> verifications = new ArrayList<>();
        Instant now = scrub.now();
        for (Listed copy : copies) {
            Optional<VerificationMethod> verification = verdicts.get(path(copy)).verification();
            entries.put(copy.name(), copy.sha256());
            verifications.add(new VerificationLog.Entry(copy.name(), copy.sha256(), verification, now));
        }
        DatedFolderWriter open = scrub.folders().acquire(job, dated, sessions);
        boolean finished = false;
        try {
            // Keep the entries of files shipped there meanwhile.
            entries.keySet().removeAll(open.manifest().names());
            open.list(entries);
            finished = true;
        } finally {
            scrub.folders().release(job, dated, finished);
        }
        scrub.verifications().add(job, folder, verifications);
        LOG.info("{}: {} copies verified and listed again in {}", job.name(), copies.size(), Text.line(dated));
    }

    private String path(Listed copy) {
        return job.root() + "/" + copy.path();
    }
}
