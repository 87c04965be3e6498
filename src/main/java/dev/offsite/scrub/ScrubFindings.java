package dev.offsite.scrub;

import dev.offsite.io.Parallel;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records and repairs what a scrub finds. Findings are recorded at once, so that an interrupted scrub loses none. */
public final class ScrubFindings {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Scrubber scrub;
    private final Job job;
    /** Threads may replace existing elements, each its own. */
    private final List<Finding> findings = new ArrayList<>();
    /** The expected state of each damaged copy, by path below the root. */
    private final Map<String, Listed> copies = new TreeMap<>();
    /** Copies that are no longer in any manifest, by the path of their finding below the root. */
    private final Map<String, List<Listed>> lost = new TreeMap<>();

    private boolean held;

    ScrubFindings(Scrubber scrub, Job job) {
        this.scrub = scrub;
        this.job = job;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    void found(Finding finding) {
        findings.add(finding);
        LOG.error(
                "{}: {} is {}: {}",
                job.name(),
                path(finding.path()),
                finding.kind().word(),
                finding.reason());
    }

    /** Reports a lost manifest or folder, with the copies that were verified there, and stops pruning. */
    void lost(Finding finding, List<Listed> verified) {
        found(finding);
        lost.put(finding.path(), verified);
        hold(finding);
    }

    /** Reports a damaged copy and stops pruning. */
    void found(Finding finding, Listed copy) {
        found(finding);
        copies.put(copy.path(), copy);
        VerificationLog.Entry entry =
                new VerificationLog.Entry(copy.name(), copy.sha256(), Optional.empty(), scrub.now());
        scrub.verifications().add(job, copy.folder(), List.of(entry));
        hold(finding);
    }

    /** Stops pruning at the first damage; {@link #settle} writes the final reason. */
    private void hold(Finding finding) {
        if (!held) {
            held = true;
            scrub.hold(
                    job,
                    "a scrub found %s %s"
                            .formatted(Text.line(finding.path()), finding.kind().word()));
        }
    }

    /** Lists copies again that are unchanged, and ships the others again if the local file still exists. */
    void relist(SftpSessionPool sessions) throws IOException, VerificationException {
        Set<Listed> listed = scrub.stopping()
                ? Set.of()
                : new ManifestRepair(scrub, job, sessions)
                        .list(lost.values().stream().flatMap(List::stream).toList());
        Set<Listed> well = ConcurrentHashMap.newKeySet();
        well.addAll(listed);
        for (int i = 0; i < findings.size() && !scrub.stopping(); i++) {
            Finding finding = findings.get(i);
            List<Listed> verified = lost.getOrDefault(finding.path(), List.of());
            List<Listed> left =
                    verified.stream().filter(copy -> !listed.contains(copy)).toList();
            Parallel.forEach(job.parallel(), left, copy -> {
                if (!scrub.stopping() && ship(finding, copy)) {
                    well.add(copy);
                }
            });
            long again = verified.stream().filter(well::contains).count();
            findings.set(i, finding.healed(again > 0 && again == verified.size()));
            if (finding.kind() == Kind.MISSING && lost.containsKey(finding.path()) && again == 0) {
                // Reported only once, because no later scrub can confirm it.
                scrub.verifications().forget(job, finding.folder());
            }
        }
    }

    /** Ships damaged copies again, several at a time so that their verifications share commands. */
    void heal() throws IOException {
        List<Integer> damaged = IntStream.range(0, findings.size())
                .filter(i -> copies.containsKey(findings.get(i).path()))
                .boxed()
                .toList();
        Parallel.forEach(job.parallel(), damaged, this::heal);
    }

    private void heal(int index) {
        if (scrub.stopping()) {
            return;
        }
        Finding finding = findings.get(index);
        if (ship(finding, copies.get(finding.path()))) {
            findings.set(index, finding.healed(true));
        }
    }

    private boolean ship(Finding finding, Listed copy) {
        Optional<String> failure = scrub.reship().ship(job, copy.folder(), copy.name(), copy.sha256());
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
                .filter(entry -> entry.verification().isEmpty()
                        && manifest.hash(entry.name()).equals(Optional.of(entry.sha256())))
                .forEach(entry -> known.add(RemotePath.below(folder, entry.name()))));
        findings.stream()
                .filter(finding -> lost.containsKey(finding.path()) && !finding.healed())
                .forEach(finding -> known.add(finding.path()));
        if (!known.isEmpty()) {
            String more = known.size() == 1 ? "" : " and %d more".formatted(known.size() - 1);
            scrub.hold(job, "a scrub found damaged: %s%s".formatted(Text.line(known.get(0)), more));
        } else if (findings.stream()
                .noneMatch(f -> f.kind() == Kind.UNCHECKED && f.name().isEmpty())) {
            // Not if a folder could not be read: it may still hold damage.
            scrub.lift(job);
        }
    }

    private String path(String belowRoot) {
        return Text.line(RemotePath.below(job.root(), belowRoot));
    }
}
