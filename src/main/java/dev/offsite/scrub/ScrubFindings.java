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

/** What one scrub finds wrong, and what is done about it. It is recorded at once: a scrub that is cut has lost no finding. */
public final class ScrubFindings {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Scrubber scrub;
    private final Job job;
    /** Those that are there already are replaced by several threads, each its own. */
    private final List<Finding> findings = new ArrayList<>();
    /** What each damaged copy should be, by its path below the root. */
    private final Map<String, Listed> copies = new TreeMap<>();
    /** The copies that a finding is about of which no list says anything any more, by its path below the root. */
    private final Map<String, List<Listed>> lost = new TreeMap<>();

    private boolean held;

    ScrubFindings(Scrubber scrub, Job job) {
        this.scrub = scrub;
        this.job = job;
    }

    List<Finding> findings() {
        return List.copyOf(findings);
    }

    /** Names what is wrong. */
    void found(Finding finding) {
        findings.add(finding);
        LOG.error(
                "{}: {} is {}: {}",
                job.name(),
                path(finding.path()),
                finding.kind().word(),
                finding.reason());
    }

    /** Names a list or a folder that is gone, with the copies that were verified there, and holds pruning back. */
    void lost(Finding finding, List<Listed> verified) {
        found(finding);
        lost.put(finding.path(), verified);
        hold(finding);
    }

    /** Names a copy that is not what it should be, and holds pruning back. */
    void found(Finding finding, Listed copy) {
        found(finding);
        copies.put(copy.path(), copy);
        VerificationLog.Entry entry =
                new VerificationLog.Entry(copy.name(), copy.sha256(), Optional.empty(), scrub.now());
        scrub.verifications().add(job, copy.folder(), List.of(entry));
        hold(finding);
    }

    /** At the first damage; what it says is put right at the end. */
    private void hold(Finding finding) {
        if (!held) {
            held = true;
            scrub.hold(
                    job,
                    "a scrub found %s %s"
                            .formatted(Text.line(finding.path()), finding.kind().word()));
        }
    }

    /** Lists again what is still as it was verified; what is not is shipped again, as far as it is here. */
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
                // Said once: nothing will ever confirm it again.
                scrub.verifications().forget(job, finding.folder());
            }
        }
    }

    /** Ships again what is still here, several at a time, as a ship does: their verifications share commands. */
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

    /**
     * Holds pruning back as long as anything is known to be damaged, also from scrubs before; lifts it when nothing is.
     *
     * @param manifests of all dated folders, by their names
     */
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
            // In a folder that cannot be looked into, something may be damaged still.
            scrub.lift(job);
        }
    }

    private String path(String belowRoot) {
        return Text.line(RemotePath.below(job.root(), belowRoot));
    }
}
