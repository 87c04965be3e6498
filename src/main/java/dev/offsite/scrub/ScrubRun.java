package dev.offsite.scrub;

import static java.util.stream.Collectors.partitioningBy;

import dev.offsite.io.ByteProgress;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.ScrubBudget;
import dev.offsite.manifest.Manifest;
import dev.offsite.scrub.ScrubListing.Found;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.status.Observation;
import dev.offsite.status.Observation.Amount;
import dev.offsite.verify.VerificationException;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationLog.Loss;
import dev.offsite.verify.VerificationResult;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One scrub of one job. */
final class ScrubRun {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Scrubber scrub;
    private final Job job;
    private final SftpSessionPool sessions;
    private final ScrubListing survey;
    private final ScrubFindings damage;
    private final ByteProgress progress;
    private final long startedNanos = System.nanoTime();

    /** All listed copies, by the day of their last verification. */
    private final Map<LocalDate, Amount> stock = new TreeMap<>();

    private int checked;
    private int done;
    private int sizeOnly;
    private long bytes;

    ScrubRun(Scrubber scrub, Job job, SftpSessionPool sessions, ByteProgress progress) {
        this.scrub = scrub;
        this.job = job;
        this.sessions = sessions;
        this.progress = progress;
        this.survey = new ScrubListing(scrub, job);
        this.damage = new ScrubFindings(scrub, job, sessions);
    }

    ScrubResult run(ScrubBudget budget) {
        FailureMessages problem = null;
        try {
            survey.look(sessions);
            survey.listed().forEach(copy -> count(copy, day(copy.verified()), 1));
            report();
            long all = size(survey.listed());
            List<Listed> turn = ScrubPlan.turn(survey.listed(), budget.of(all));
            progress.total(size(turn));
            for (List<Listed> portion : ScrubPlan.portions(turn)) {
                if (scrub.isStopping()) {
                    break;
                }
                verify(portion);
            }
            damage.unlist(survey.givenUp());
            damage.repair();
            damage.settle(survey.damagedLists());
            scrub.observed().accept(new Observation.Counted(job.name(), scrub.now(), stock));
        } catch (IOException | VerificationException e) {
            problem = FailureMessages.of(e, job);
            LOG.error("{}: scrub: {}", job.name(), problem.message());
            LOG.debug("{}: scrub", job.name(), e);
        }
        return result(survey.listed().size() - done, problem);
    }

    /** Hashes some copies and repairs nothing. */
    ScrubResult run(CopyCheck check) {
        FailureMessages problem = null;
        try {
            damage.found(check.found());
            progress.total(size(check.copies()));
            for (List<Listed> portion : ScrubPlan.portions(check.copies())) {
                verify(portion);
            }
            damage.found(survey.givenUp().stream().map(ScrubRun::givenUp).toList());
            scrub.debts().tidy(job);
        } catch (IOException | VerificationException e) {
            problem = FailureMessages.of(e, job);
            LOG.error("{}: verify: {}", job.name(), problem.message());
            LOG.debug("{}: verify", job.name(), e);
        }
        int left = check.copies().size() - done;
        return result(left, problem);
    }

    private static Found givenUp(Listed copy) {
        String reason = "it is damaged or missing, and was given up; the next scrub takes it out of SHA256SUMS";
        return new Found(new Finding(Kind.UNCHECKED, copy.folder(), copy.name(), reason, false), List.of());
    }

    private ScrubResult result(int left, FailureMessages problem) {
        return new ScrubResult(
                job.name(),
                checked,
                bytes,
                System.nanoTime() - startedNanos,
                left,
                sizeOnly,
                damage.findings(),
                problem);
    }

    private void report() {
        if (!survey.staleParts().isEmpty() && !job.pruning().never()) {
            LOG.warn(
                    "{}: {} part files of runs that were cut have been there for more than a day; a ship or a prune"
                            + " removes them",
                    job.name(),
                    survey.staleParts().size());
        }
        checked += (int) survey.found().stream()
                .map(Found::finding)
                .filter(finding -> finding.kind() == Kind.MISSING || finding.kind() == Kind.REWRITTEN)
                .filter(finding -> !finding.name().isEmpty())
                .count();
        damage.found(survey.found());
        damage.hold(survey.damagedLists());
    }

    private void verify(List<Listed> portion) throws IOException, VerificationException {
        progress.verifying(portion.get(0).name());
        Map<Listed, VerificationResult> results = scrub.verify(job, portion);
        Map<Boolean, List<Listed>> byResult = portion.stream()
                .collect(partitioningBy(copy -> results.get(copy).isVerified()));
        done += portion.size();
        progress.accept(size(portion));
        record(byResult.get(true), results);
        List<Found> found = new ArrayList<>();
        for (Listed copy : stillListed(byResult.get(false))) {
            VerificationResult result = results.get(copy);
            Kind kind =
                    switch (result.state()) {
                        case MISSING -> Kind.MISSING;
                        case DIFFERENT -> Kind.CHANGED;
                        default -> Kind.UNCHECKED;
                    };
            Finding finding = new Finding(kind, copy.folder(), copy.name(), Text.line(result.reason()), false);
            if (kind == Kind.UNCHECKED) {
                found.add(new Found(finding, List.of()));
            } else if (isGivenUp(copy)) {
                survey.givenUp().add(copy);
            } else {
                counted(copy);
                found.add(new Found(finding, List.of(copy)));
            }
        }
        damage.found(found);
    }

    private static long size(List<Listed> copies) {
        return copies.stream().mapToLong(Listed::size).sum();
    }

    private boolean isGivenUp(Listed copy) {
        VerificationLog.Entry entry =
                scrub.verifications().of(job, copy.folder()).get(copy.name());
        return entry != null && entry.loss() == Loss.GIVEN_UP && entry.sha256().equals(copy.sha256());
    }

    private void record(List<Listed> verified, Map<Listed, VerificationResult> results) {
        Instant now = scrub.now();
        Map<String, List<VerificationLog.Entry>> entries = new TreeMap<>();
        for (Listed copy : verified) {
            VerificationResult result = results.get(copy);
            counted(copy);
            if (result.isBySize()) {
                // The expected size is unknown, so this only shows that the file exists.
                sizeOnly++;
            } else {
                count(copy, day(copy.verified()), -1);
                count(copy, day(now), 1);
                entries.computeIfAbsent(copy.folder(), folder -> new ArrayList<>())
                        .add(copy.entry(result.verification(), now));
            }
        }
        entries.forEach((folder, those) -> scrub.verifications().add(job, folder, those));
    }

    private static LocalDate day(Instant verified) {
        return verified.isBefore(Listed.NEVER) ? LocalDate.EPOCH : LocalDate.ofInstant(verified, ZoneOffset.UTC);
    }

    private void count(Listed copy, LocalDate day, int sign) {
        stock.merge(day, new Amount(sign, sign * copy.size()), Amount::plus);
    }

    private void counted(Listed copy) {
        checked++;
        bytes += copy.size();
    }

    /** Leaves out copies that were replaced or pruned meanwhile: their manifest now has another hash, or is gone. */
    private List<Listed> stillListed(List<Listed> suspects) throws IOException {
        Map<String, Manifest> now = new TreeMap<>();
        for (Listed copy : suspects) {
            if (!now.containsKey(copy.folder())) {
                String folder = RemotePath.below(job.root(), copy.folder());
                DatedFolderListing.Read read =
                        sessions.call(remote -> DatedFolderListing.Read.of(remote, folder, Manifest.EMPTY));
                now.put(copy.folder(), read.manifest().orElse(Manifest.EMPTY));
            }
        }
        return suspects.stream()
                .filter(copy -> now.get(copy.folder()).has(Map.of(copy.name(), copy.sha256())))
                .toList();
    }
}
