package dev.offsite.ship;

import dev.offsite.cluster.Cluster;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.ledger.Delay;
import dev.offsite.source.SourceFiles;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.verify.ExpectedFile;
import dev.offsite.verify.VerificationLog.Entry;
import dev.offsite.verify.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The move or deletion of local files whose copies the server could not be told to write to its disk. A later run does
 * it, after it has verified the copy again: by then, the server has written it.
 */
public record DelayedRemoval(ShipContext context) {

    /** Systems write what they hold in memory within half a minute or so. */
    static final Duration WAIT = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /**
     * The files that may be moved or deleted now; while another node looks at those that must wait, none of them. A copy that is no longer verified is forgotten, so that its file is
     * shipped again.
     *
     * @param files of the job, committed or not
     * @throws Exception if the target cannot be reached or refuses
     */
    public List<SourceFile> due(Job job, List<SourceFile> files) throws Exception {
        if (!context.ledger().delays(job)) {
            // The usual case, and no copy of a list that may be long.
            return files;
        }
        Optional<Cluster.Lock> lock = context.cluster().lock("removal " + job.destination(), Duration.ZERO);
        if (lock.isEmpty()) {
            return files.stream()
                    .filter(file -> context.ledger().delay(job, file).isEmpty())
                    .collect(Collectors.toCollection(SourceFiles::new));
        }
        try (Cluster.Lock held = lock.get()) {
            return due(job, files, held);
        }
    }

    private List<SourceFile> due(Job job, List<SourceFile> files, Cluster.Lock held) throws Exception {
        List<SourceFile> due = new SourceFiles();
        Map<SourceFile, ExpectedFile> again = new HashMap<>();
        Instant over = context.clock().instant().minus(WAIT);
        for (SourceFile file : files) {
            Optional<Delay> delay = context.ledger().delay(job, file);
            if (delay.isEmpty()) {
                due.add(file);
            } else if (!delay.get().since().isAfter(over)) {
                expected(job, file, delay.get().folder())
                        .ifPresentOrElse(expected -> again.put(file, expected), () -> shipAgain(job, file, "unknown"));
            }
        }
        Map<String, VerificationResult> results = context.verifier().verify(job, again.values());
        held.check();
        again.forEach((file, expected) -> {
            VerificationResult result = results.get(expected.path());
            if (result.isVerified()) {
                // Without the delay.
                context.ledger().owe(job, file);
                due.add(file);
            } else if (result.state() != VerificationResult.State.UNVERIFIED) {
                shipAgain(job, file, result.reason());
            }
        });
        return due;
    }

    private Optional<ExpectedFile> expected(Job job, SourceFile file, String folder) {
        String name = context.folders().contents().names().of(job, folder, file.below(job.source()));
        Entry entry = context.verifications().of(job, folder).get(name);
        // Those who can read it may be more or fewer now.
        long size = job.encryption().isPresent() ? -1 : file.size();
        return Optional.ofNullable(entry)
                .map(known -> new ExpectedFile(job.root() + "/" + folder + "/" + name, known.sha256(), size));
    }

    private void shipAgain(Job job, SourceFile file, String reason) {
        LOG.warn(
                "{}: {} is shipped again, since its copy is no longer verified: {}",
                job.name(),
                Text.line(file.below(job.source())),
                reason);
        context.ledger().forget(job, file);
    }
}
