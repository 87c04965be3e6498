package dev.offsite.transfer;

import dev.offsite.job.Job;
import dev.offsite.proof.Manifest;
import dev.offsite.transfer.ScrubPlan.Listed;
import dev.offsite.transfer.ScrubResult.Finding;
import dev.offsite.transfer.ScrubResult.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one scrub finds wrong, and what is done about it. It is recorded at once: a scrub that is cut has lost no finding. */
final class ScrubDamage {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Scrub scrub;
    private final Job job;
    /** Those that are there already are replaced by several threads, each its own. */
    private final List<Finding> findings = new ArrayList<>();
    /** What each damaged copy should be, by its path below the root. */
    private final Map<String, Listed> copies = new TreeMap<>();

    private boolean held;

    ScrubDamage(Scrub scrub, Job job) {
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
        if (finding.kind() == Kind.UNLISTED) {
            hold(finding);
        }
    }

    /** Names a copy that is not what it should be, and holds pruning back. */
    void found(Finding finding, Listed copy) {
        found(finding);
        copies.put(copy.path(), copy);
        ProofLog.Entry entry = new ProofLog.Entry(copy.name(), copy.sha256(), Optional.empty(), scrub.now());
        scrub.proofs().add(job, copy.folder(), List.of(entry));
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

    /** Ships again what is still here, several at a time, as a ship does: their proofs share commands. */
    void heal() {
        List<Integer> damaged = IntStream.range(0, findings.size())
                .filter(i -> copies.containsKey(findings.get(i).path()))
                .boxed()
                .toList();
        ExecutorService executor = Executors.newFixedThreadPool(job.parallel());
        try {
            Lanes.run(damaged, job.parallel(), executor, this::heal);
        } finally {
            executor.shutdown();
        }
    }

    private void heal(int index) {
        if (scrub.stopping()) {
            return;
        }
        Finding finding = findings.get(index);
        Listed copy = copies.get(finding.path());
        Optional<String> failure = scrub.reship().ship(job, copy.folder(), copy.name(), copy.sha256());
        String was = finding.kind().word();
        if (failure.isEmpty()) {
            findings.set(index, finding.healed(true));
            LOG.info("{}: {} was {}; shipped again and proven", job.name(), path(copy.path()), was);
        } else {
            LOG.warn("{}: {} stays {}: {}", job.name(), path(copy.path()), was, failure.get());
        }
    }

    /**
     * Holds pruning back as long as anything is known to be damaged, also from scrubs before; lifts it when nothing is.
     *
     * @param manifests of all dated folders, by their names
     */
    void settle(Map<String, Manifest> manifests) {
        List<String> known = new ArrayList<>();
        manifests.forEach((folder, manifest) -> scrub.proofs().of(job, folder).values().stream()
                .filter(entry ->
                        entry.proof().isEmpty() && manifest.hash(entry.name()).equals(Optional.of(entry.sha256())))
                .forEach(entry -> known.add(folder + "/" + entry.name())));
        findings.stream()
                .filter(finding -> finding.kind() == Kind.UNLISTED)
                .forEach(finding -> known.add(finding.folder()));
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
        return Text.line(job.root() + "/" + belowRoot);
    }
}
