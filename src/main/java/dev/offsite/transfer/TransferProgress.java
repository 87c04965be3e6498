package dev.offsite.transfer;

import dev.offsite.io.Text;
import dev.offsite.job.VerificationMethod;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects and logs the outcome of each file. Thread-safe. */
public final class TransferProgress {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Direction way;
    private final Function<Exception, FailureMessages> explain;
    private final Map<String, FileOutcome> outcomes = new ConcurrentSkipListMap<>();
    private volatile String targetFailure;
    private volatile String destination;

    TransferProgress(Direction way, Function<Exception, FailureMessages> explain) {
        this.way = way;
        this.explain = explain;
        this.destination = way.destination();
    }

    /** Absolute; a single file may have another name than it was planned with. */
    String destination() {
        return destination;
    }

    /** Why the whole target cannot be used; null while it can. */
    String targetFailure() {
        return targetFailure;
    }

    List<FileOutcome> all() {
        return List.copyOf(outcomes.values());
    }

    private void failed(FileOutcome outcome) {
        outcomes.put(outcome.name(), outcome);
    }

    boolean has(String name) {
        return outcomes.containsKey(name);
    }

    boolean isBelowFailed(String name) {
        return RemotePath.parents(name).stream().anyMatch(this::has);
    }

    void present(FileTreeEntry file, String sha256, VerificationMethod verification) {
        outcomes.put(
                file.name(),
                new FileOutcome(
                        file.name(),
                        FileOutcome.State.PRESENT,
                        file.size(),
                        sha256,
                        verification,
                        Optional.empty(),
                        ""));
        LOG.debug("{}: {} is there already ({})", way.verb(), display(file.name()), verification);
    }

    void published(FileTreeEntry file, Published published, VerificationMethod verification, long nanos) {
        Sent sent = published.sent();
        boolean single = file.name().isEmpty();
        if (single) {
            destination = published.path();
        }
        outcomes.put(
                file.name(),
                new FileOutcome(
                        single
                                ? ""
                                : published
                                        .path()
                                        .substring(destination.length())
                                        .replaceFirst("^/", ""),
                        published.present() ? FileOutcome.State.PRESENT : FileOutcome.State.TRANSFERRED,
                        sent.copy().size(),
                        sent.copy().sha256(),
                        verification,
                        sent.content(),
                        ""));
        if (published.present()) {
            LOG.debug("{}: {} is there already ({})", way.verb(), display(file.name()), verification);
            return;
        }
        LOG.info(
                "{}: {} -> {} ({}, {} s, {})",
                way.verb(),
                display(file.name()),
                Text.line(published.path()),
                Text.size(sent.copy().size()),
                Text.seconds(nanos),
                verification);
    }

    void failed(String name, long size, String reason) {
        failed(FileOutcome.failed(name, size, reason));
        LOG.error("{}: {} not {}: {}", way.verb(), display(name), way.done(), Text.line(reason));
    }

    void failed(String name, long size, Exception cause) {
        LOG.debug("{}: {}", way.verb(), display(name), cause);
        FailureMessages problem = explain.apply(cause).ofName(name);
        if (problem.target()) {
            targetFailed(problem.message());
            notTried(name, size);
        } else {
            failed(name, size, problem.message());
        }
    }

    /** Records a file that was not started because the target had failed. */
    void notTried(String name, long size) {
        failed(FileOutcome.failed(name, size, targetFailure));
    }

    /** Only the first failure is logged; the rest are consequences. */
    private synchronized void targetFailed(String message) {
        if (targetFailure == null) {
            LOG.error("{}: {}", way.verb(), message);
            targetFailure = message;
        }
    }

    void again(String name, String reason) {
        LOG.warn("{}: {}: {}; once more", way.verb(), display(name), Text.line(reason));
    }

    void leftOut(Collection<String> unfinished) {
        unfinished.forEach(
                name -> LOG.info("{}: {} is left out: an unfinished copy of Offsite's", way.verb(), display(name)));
    }

    private String display(String name) {
        return Text.line(name.isEmpty() ? way.source() : name);
    }
}
