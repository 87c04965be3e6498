package dev.offsite.scrub;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.offsite.io.Parallel;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus.Hold;
import dev.offsite.scrub.ScrubListing.Found;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.login.SshException;
import dev.offsite.ship.DatedFolderWriter;
import dev.offsite.ship.ManifestWriter;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationLog.Loss;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.util.function.ThrowingConsumer;
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
    /** By dated folder: names, and what SHA256SUMS lists instead of what was verified. */
    private final Map<String, Map<String, String>> instead = new TreeMap<>();

    ScrubFindings(Scrubber scrub, Job job, SftpSessionPool sessions) {
        this.scrub = scrub;
        this.job = job;
        this.sessions = sessions;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Reports findings. Copies that are lost are owed from now on, which is on disk before anything is repaired. */
    void found(List<Found> found) {
        Map<String, List<VerificationLog.Entry>> owed = new TreeMap<>();
        Instant now = scrub.now();
        for (Found one : found) {
            Finding finding = one.finding();
            findings.add(finding);
            copies.put(finding.path(), one.copies());
            instead.computeIfAbsent(finding.folder(), folder -> new TreeMap<>()).putAll(one.instead());
            String kind = finding.kind().word();
            LOG.error("{}: {} is {}: {}", job.name(), path(finding.path()), kind, finding.reason());
            Loss loss =
                    switch (finding.kind()) {
                        case CHANGED, REWRITTEN -> Loss.CHANGED;
                        case MISSING -> Loss.MISSING;
                        default -> Loss.UNLISTED;
                    };
            one.copies().forEach(copy -> owed.computeIfAbsent(copy.folder(), folder -> new ArrayList<>())
                    .add(copy.entry(Optional.empty(), now).lost(loss, now)));
        }
        owed.forEach((folder, entries) -> {
            // A debt that is known keeps its date.
            Map<String, VerificationLog.Entry> known = scrub.verifications().of(job, folder);
            entries.removeIf(entry -> Optional.ofNullable(known.get(entry.name()))
                    .filter(before -> before.lost(before.loss(), now).equals(entry))
                    .isPresent());
            scrub.debts().add(job, folder, entries);
        });
    }

    /**
     * Lists copies again that are unchanged, and ships the others again if the local file still exists: several at a
     * time, so that their verifications share commands.
     */
    void repair() throws IOException, VerificationException {
        if (scrub.isStopping()) {
            return;
        }
        if (!copies.isEmpty()) {
            scrub.folders().owners().check(job, sessions);
        }
        Set<Listed> well = ConcurrentHashMap.newKeySet();
        well.addAll(relist(findings.stream()
                .filter(finding -> finding.kind() == Kind.UNLISTED || finding.kind() == Kind.REWRITTEN)
                .flatMap(finding -> copies(finding).stream())
                .toList()));
        Map<Listed, Finding> damaged = new LinkedHashMap<>();
        findings.forEach(finding -> copies(finding).forEach(copy -> damaged.put(copy, finding)));
        damaged.keySet().removeAll(well);
        Parallel.forEach(sessions.activity(), job.parallel(), damaged.keySet(), copy -> {
            if (!scrub.isStopping() && ship(damaged.get(copy), copy)) {
                well.add(copy);
            }
        });
        findings.replaceAll(finding -> finding.healed(!copies(finding).isEmpty() && well.containsAll(copies(finding))));
    }

    /** Removes the lines of lost copies that a person has given up, so that the others pass sha256sum -c. */
    void unlist(Collection<Listed> givenUp) throws IOException {
        Map<String, List<Listed>> byFolder =
                givenUp.stream().collect(groupingBy(Listed::folder, TreeMap::new, toList()));
        for (Map.Entry<String, List<Listed>> folder : byFolder.entrySet()) {
            String dated = RemotePath.below(job.root(), folder.getKey());
            change(dated, open -> open.unlist(hashes(folder.getValue())));
            folder.getValue()
                    .forEach(copy -> LOG.info(
                            "{}: {} was given up; SHA256SUMS no longer lists it", job.name(), path(copy.path())));
        }
    }

    private void change(String dated, ThrowingConsumer<ManifestWriter, IOException> change) throws IOException {
        DatedFolderWriter open = scrub.folders().acquire(job, dated, sessions);
        boolean finished = false;
        try {
            change.accept(open.manifest());
            finished = true;
        } finally {
            scrub.folders().release(job, dated, finished);
        }
    }

    private static Map<String, String> hashes(List<Listed> copies) {
        Map<String, String> hashes = new HashMap<>();
        copies.forEach(copy -> hashes.put(copy.name(), copy.sha256()));
        return hashes;
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
        Map<String, String> hashes = hashes(copies);
        Map<String, String> rewritten = new HashMap<>(instead.getOrDefault(folder, Map.of()));
        rewritten.keySet().retainAll(hashes.keySet());
        change(dated, open -> {
            open.unlist(rewritten);
            // Keeps the entries of files shipped there meanwhile.
            open.listMissing(hashes);
        });
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

    /** Stops pruning while a manifest cannot be read. */
    void hold(Set<String> damagedLists) {
        if (!damagedLists.isEmpty()) {
            String reason =
                    "a scrub could not read SHA256SUMS in %s".formatted(Text.line(String.join(", ", damagedLists)));
            scrub.status().hold(job, Hold.DAMAGE, reason);
        }
    }

    /** Ends what an earlier scrub could not read, if this one could. */
    void settle(Set<String> damagedLists) {
        scrub.debts().tidy(job);
        // Not if a folder could not be read: it may still hold damage.
        if (damagedLists.isEmpty()
                && findings.stream()
                        .noneMatch(f -> f.kind() == Kind.UNCHECKED && f.name().isEmpty())) {
            scrub.status().lift(job, Hold.DAMAGE);
        }
    }

    private String path(String belowRoot) {
        return Text.line(RemotePath.below(job.root(), belowRoot));
    }
}
