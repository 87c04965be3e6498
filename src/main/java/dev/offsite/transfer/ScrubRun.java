package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Job;
import dev.offsite.job.ScrubBudget;
import dev.offsite.proof.Manifest;
import dev.offsite.proof.Proof;
import dev.offsite.proof.ProofException;
import dev.offsite.transfer.ScrubPlan.Listed;
import dev.offsite.transfer.ScrubResult.Finding;
import dev.offsite.transfer.ScrubResult.Kind;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One scrub of one job. */
final class ScrubRun {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Scrub scrub;
    private final Job job;
    private final RemoteSessions sessions;
    private final ScrubSurvey survey;
    private final ScrubDamage damage;
    private final long startedNanos = System.nanoTime();

    private int checked;
    private int done;
    private int sizeOnly;
    private long bytes;

    ScrubRun(Scrub scrub, Job job, RemoteSessions sessions) {
        this.scrub = scrub;
        this.job = job;
        this.sessions = sessions;
        this.survey = new ScrubSurvey(job, scrub.folders(), scrub.proofs(), scrub.now());
        this.damage = new ScrubDamage(scrub, job);
    }

    ScrubResult run(ScrubBudget budget) {
        Problem problem = null;
        try {
            survey.look(sessions);
            report();
            long all = survey.listed().stream().mapToLong(Listed::size).sum();
            for (List<Listed> portion : ScrubPlan.portions(ScrubPlan.turn(survey.listed(), budget.of(all)))) {
                if (scrub.stopping()) {
                    break;
                }
                prove(portion);
            }
            damage.relist(sessions);
            damage.heal();
            damage.settle(survey.manifests());
        } catch (JSchException | SftpException | IOException | ProofException e) {
            problem = Problem.of(e, job);
            LOG.error("{}: scrub: {}", job.name(), problem.message());
            LOG.debug("{}: scrub", job.name(), e);
        }
        return new ScrubResult(
                job.name(),
                checked,
                bytes,
                System.nanoTime() - startedNanos,
                survey.listed().size() - done,
                sizeOnly,
                damage.findings(),
                problem);
    }

    /** What the listings have shown. */
    private void report() {
        if (survey.staleParts() > 0) {
            LOG.warn(
                    "{}: {} part files of runs that were cut have been there for more than a day; a ship or a prune"
                            + " removes them",
                    job.name(),
                    survey.staleParts());
        }
        for (Finding finding : survey.findings()) {
            boolean folder = finding.name().isEmpty();
            if (finding.kind() == Kind.UNLISTED || (finding.kind() == Kind.MISSING && folder)) {
                damage.lost(finding, remembered(finding));
            } else if (finding.kind() != Kind.MISSING) {
                damage.found(finding);
            } else {
                String hash = survey.manifests()
                        .get(finding.folder())
                        .hash(finding.name())
                        .orElseThrow();
                checked++;
                damage.found(finding, new Listed(finding.folder(), finding.name(), hash, 0, Listed.DAMAGED));
            }
        }
    }

    /** What no manifest tells any more: the copies that were proven, that one or all of its folder. */
    private List<Listed> remembered(Finding finding) {
        if (survey.damagedLists().contains(finding.folder())) {
            return List.of();
        }
        return scrub.proofs().of(job, finding.folder()).values().stream()
                .filter(entry -> entry.proof().isPresent())
                .filter(entry -> finding.name().isEmpty() || finding.name().equals(entry.name()))
                .map(entry -> new Listed(finding.folder(), entry.name(), entry.sha256(), 0, entry.at()))
                .toList();
    }

    private void prove(List<Listed> portion) throws JSchException, SftpException, IOException, ProofException {
        Map<String, Verdict> verdicts = scrub.prover()
                .prove(
                        job,
                        portion.stream()
                                .map(copy -> new Claim(path(copy), copy.sha256(), -1))
                                .toList());
        List<Listed> proven = new ArrayList<>();
        List<Listed> others = new ArrayList<>();
        portion.forEach(copy -> (verdicts.get(path(copy)).isProven() ? proven : others).add(copy));
        done += portion.size();
        record(proven, verdicts);
        for (Listed copy : stillListed(others)) {
            Verdict verdict = verdicts.get(path(copy));
            Kind kind =
                    switch (verdict.state()) {
                        case MISSING -> Kind.MISSING;
                        case DIFFERENT -> Kind.CHANGED;
                        default -> Kind.UNCHECKED;
                    };
            Finding finding = new Finding(kind, copy.folder(), copy.name(), Text.line(verdict.reason()), false);
            if (kind == Kind.UNCHECKED) {
                damage.found(finding);
            } else {
                counted(copy);
                damage.found(finding, copy);
            }
        }
    }

    private void record(List<Listed> proven, Map<String, Verdict> verdicts) {
        Instant now = scrub.now();
        Map<String, List<ProofLog.Entry>> entries = new TreeMap<>();
        for (Listed copy : proven) {
            Optional<Proof> proof = verdicts.get(path(copy)).proof();
            counted(copy);
            if (proof.filter(Proof.SIZE::equals).isPresent()) {
                // Of a size that was not known before, so it says no more than that there is a file.
                sizeOnly++;
            } else {
                entries.computeIfAbsent(copy.folder(), folder -> new ArrayList<>())
                        .add(new ProofLog.Entry(copy.name(), copy.sha256(), proof, now));
            }
        }
        entries.forEach((folder, those) -> scrub.proofs().add(job, folder, those));
    }

    private void counted(Listed copy) {
        checked++;
        bytes += copy.size();
    }

    private String path(Listed copy) {
        return job.root() + "/" + copy.path();
    }

    /** A copy that was replaced or pruned in the meantime is not damaged: its manifest says something else, or is gone. */
    private List<Listed> stillListed(List<Listed> suspects) throws JSchException, SftpException, IOException {
        Map<String, Optional<Manifest>> now = new TreeMap<>();
        for (Listed copy : suspects) {
            if (!now.containsKey(copy.folder())) {
                String file = job.root() + "/" + copy.folder() + "/" + Manifest.NAME;
                now.put(
                        copy.folder(),
                        sessions.call(remote -> remote.read(file)).flatMap(ScrubRun::parse));
            }
        }
        return suspects.stream()
                .filter(copy -> now.get(copy.folder())
                        .flatMap(manifest -> manifest.hash(copy.name()))
                        .equals(Optional.of(copy.sha256())))
                .toList();
    }

    private static Optional<Manifest> parse(String text) {
        try {
            return Optional.of(Manifest.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
