package dev.offsite.prune;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.status.Observation;
import dev.offsite.verify.VerificationLog;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a prune ended, for the history.
 *
 * @param startedNanos when it began, by {@link System#nanoTime}
 */
record PruneTimer(String job, Clock clock, long startedNanos) {

    Observation ended(Collection<String> removed, Map<String, String> failed) {
        Result result = !failed.isEmpty() ? Result.FAILED : removed.isEmpty() ? Result.NOTHING : Result.OK;
        String reason = failed.entrySet().stream()
                .findFirst()
                .map(first -> first.getKey() + ": " + first.getValue())
                .orElse("");
        return entry(result, removed, failed.size(), reason);
    }

    Observation refused(String reason) {
        return entry(Result.REFUSED, List.of(), 0, reason);
    }

    Observation failed(String reason) {
        return entry(Result.FAILED, List.of(), 0, reason);
    }

    /** The copies of a folder that was pruned. */
    static Observation gone(Job job, Collection<VerificationLog.Entry> copies, Clock clock) {
        Map<LocalDate, Long> byDay = copies.stream()
                .filter(copy -> copy.verification().isPresent())
                .collect(Collectors.groupingBy(
                        copy -> LocalDate.ofInstant(copy.at(), ZoneOffset.UTC), Collectors.counting()));
        return new Observation.Pruned(job.name(), clock.instant(), byDay);
    }

    private Observation entry(Result result, Collection<String> removed, int failed, String reason) {
        Duration took = Duration.ofNanos(System.nanoTime() - startedNanos);
        return new Observation.Ended(new HistoryEntry(
                job,
                Verb.PRUNE,
                result,
                clock.instant(),
                took,
                removed.size(),
                0,
                failed,
                List.copyOf(removed),
                Text.line(reason)));
    }
}
