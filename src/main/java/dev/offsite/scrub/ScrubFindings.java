package dev.offsite.scrub;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.offsite.io.Parallel;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus.Hold;
import dev.offsite.manifest.Manifest;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.SshException;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records and repairs what a scrub finds. Findings are recorded at once, so that an interrupted scrub loses none. */
final class ScrubFindings {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Scrubber scrub;
    private final Job job;
    private final SftpSessionPool sessions;
    private final List<Finding> findings = new ArrayList<>();
    /** The expected state of the copies of each finding, by its path below the root. */
    private final Map<String, List<Listed>> copies = new TreeMap<>();
    /** Paths of the findings whose copies are no longer in any manifest. */
    private final Set<String> lost = new TreeSet<>();

    private boolean held;

    ScrubFindings(Scrubber scrub, Job job, SftpSessionPool sessions) {
        this.scrub = scrub;
        this.job = job;
        this.sessions = sessions;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    void found(Finding finding) {
        findings.add(finding);
        String kind = finding.kind().word();
        LOG.error("{}: {} is {}: {}", job.name(), path(finding.path()), kind, finding.reason());
    }

    /** Reports a lost manifest or folder, with the copies that were verified there, and stops pruning. */
    void lost(Finding finding, List<Listed> verified) {
        found(finding);
        lost.add(finding.path());
        copies.put(finding.path(), verified);
        hold(finding);
    }

    /** Reports a damaged copy and stops pruning. */
    void found(Finding finding, Listed copy) {
        found(finding);
        copies.put(finding.path(), List.of(copy));
        scrub.verifications().add(job, copy.folder(), List.of(copy.entry(Optional.empty(), scrub.now())));
        hold(finding);
    }

    /** Stops pruning at the first damage; {@link #settle} writes the final reason. */
    private void hold(Finding finding) {
        if (!held) {
            held = true;
            String path = Text.line(finding.path());
            hold("a scrub found %s %s".formatted(path, finding.kind().word()));
        }
    }

    /**
     * Lists copies again that are unchanged, and ships the others again if the local file still exists: several at a
     * time, so that their verifications share commands.
     */
    void repair() throws IOException, VerificationException {
        if (scrub.isStopping()) {
            return;
        }
        List<Listed> unlisted =
                lost.stream().flatMap(path -> copies.get(path).stream()).toList();
        Set<Listed> well = ConcurrentHashMap.newKeySet();
        well.addAll(relist(unlisted));
        Map<Listed, Finding> damaged = new LinkedHashMap<>();
        findings.forEach(finding -> copies(finding).forEach(copy -> damaged.put(copy, finding)));
        damaged.keySet().removeAll(well);
        Parallel.forEach(sessions.activity(), job.parallel(), damaged.keySet(), copy -> {
            if (!scrub.isStopping() && ship(damaged.get(copy), copy)) {
                well.add(copy);
            }
        });
        findings.replaceAll(finding -> finding.healed(!copies(finding).isEmpty() && well.containsAll(copies(finding))));
        for (Finding finding : findings) {
            boolean gone = finding.kind() == Kind.MISSING && lost.contains(finding.path());
            if (gone && !scrub.isStopping() && Collections.disjoint(well, copies(finding))) {
                // Reported only once, because no later scrub can confirm it.
                scrub.verifications().forget(job, finding.folder());
            }
        }
    }

    /** Adds copies to SHA256SUMS again if their content is still what was verified. Returns those. */
    private Set<Listed> relist(List<Listed> unlisted) throws IOException, VerificationException {
        Map<Listed, VerificationResult> results = scrub.verify(job, unlisted);
        // Comparing sizes verifies nothing here, since the expected size is unknown.
        results.values().removeIf(result -> !result.isVerified() || result.isBySize());
        Map<String, List<Listed>> byFolder =
                results.keySet().stream().collect(groupingBy(Listed::folder, TreeMap::new, toList()));
        Set<Listed> listed = new HashSet<>();
        for (Map.Entry<String, List<Listed>> folder : byFolder.entrySet()) {
            try {
                relist(folder.getKey(), folder.getValue(), results);
                listed.addAll(folder.getValue());
            } catch (SshException | SftpStatusException e) {
                throw e;
            } catch (IOException e) {
                String reason = FailureMessages.of(e, job).message();
                LOG.warn("{}: not listed again: {}", job.name(), reason);
            }
        }
        return listed;
    }

    private void relist(String folder, List<Listed> copies, Map<Listed, VerificationResult> results)
            throws IOException {
        String dated = RemotePath.below(job.root(), folder);
        Instant now = scrub.now();
        List<VerificationLog.Entry> verifications = copies.stream()
                .map(copy -> copy.entry(results.get(copy).verification(), now))
                .toList();
        Map<String, String> entries = new HashMap<>();
        copies.forEach(copy -> entries.put(copy.name(), copy.sha256()));
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

    private List<Listed> copies(Finding finding) {
        return copies.getOrDefault(finding.path(), List.of());
    }

    private boolean ship(Finding finding, Listed copy) {
        Optional<String> failure = scrub.repair().ship(job, copy.folder(), copy.name(), copy.sha256());
        String was = finding.kind().word();
        if (failure.isEmpty()) {
            LOG.info("{}: {} was {}; shipped again and verified", job.name(), path(copy.path()), was);
        } else {
            LOG.warn("{}: {} stays {}: {}", job.name(), path(copy.path()), was, failure.get());
        }
        return failure.isEmpty();
    }

    /** Stops pruning while any damage is known, also from earlier scrubs; allows it again if there is none. */
    void settle(Map<String, Manifest> manifests) {
        List<String> known = new ArrayList<>();
        manifests.forEach((folder, manifest) -> scrub.verifications().of(job, folder).values().stream()
                .filter(entry -> entry.verification().isEmpty() && manifest.has(Map.of(entry.name(), entry.sha256())))
                .forEach(entry -> known.add(RemotePath.below(folder, entry.name()))));
        findings.stream()
                .filter(finding -> lost.contains(finding.path()) && !finding.healed())
                .forEach(finding -> known.add(finding.path()));
        if (!known.isEmpty()) {
            String more = known.size() == 1 ? "" : " and %d more".formatted(known.size() - 1);
            hold("a scrub found damaged: %s%s".formatted(Text.line(known.get(0)), more));
        } else if (findings.stream()
                .noneMatch(f -> f.kind() == Kind.UNCHECKED && f.name().isEmpty())) {
            // Not if a folder could not be read: it may still hold damage.
            scrub.status().lift(job, Hold.DAMAGE);
        }
    }

    private void hold(String reason) {
        scrub.status().hold(job, Hold.DAMAGE, reason);
    }

    private String path(String belowRoot) {
        return Text.line(RemotePath.below(job.root(), belowRoot));
    }
}
