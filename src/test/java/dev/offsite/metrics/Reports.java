package dev.offsite.metrics;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.status.JobMemory;
import dev.offsite.status.JobMemory.LastRun;
import dev.offsite.status.JobReport;
import dev.offsite.status.Observation.Amount;
import dev.offsite.status.Observation.Verified;
import dev.offsite.status.Trouble;
import dev.offsite.support.Fixtures;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reports to make metrics of. */
final class Reports {

    static final Instant NOW = Instant.parse("2026-01-31T02:30:00Z");

    private Reports() {}

    private static JobReport report(String job, JobMemory memory, List<Trouble> troubles) {
        return new JobReport(Fixtures.job(job, "/srv/offsite/db"), NOW, memory, List.of(), troubles, Optional.empty());
    }

    /** Of a job that never ran. */
    static JobReport empty(String job) {
        return report(
                job,
                new JobMemory(
                        NOW,
                        Optional.empty(),
                        Map.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        new JobMemory.Totals(0, 0, Map.of()),
                        Map.of()),
                List.of());
    }

    /** Of a job whose every value is known. */
    static JobReport full(String job, Trouble... troubles) {
        LastRun ship = new LastRun(
                new HistoryEntry(
                        job, Verb.SHIP, Result.FAILED, NOW, Duration.ofMillis(2500), 1, 2, 1, List.of(), "no route"),
                Optional.of(NOW));
        JobMemory memory = new JobMemory(
                NOW,
                Optional.of(new Verified(job, NOW.minusSeconds(60), "20260131", 2, 2000)),
                Map.of(Verb.SHIP, ship),
                Optional.of(new JobMemory.Unshipped(3, List.of("a"), NOW)),
                Optional.of(new JobMemory.Stock(
                        NOW,
                        Map.of(
                                LocalDate.parse("2026-01-31"),
                                new Amount(3, 3000),
                                LocalDate.EPOCH,
                                new Amount(1, 1000)))),
                Optional.of(new JobMemory.Seen(NOW, 1L << 50)),
                Optional.of(new JobMemory.Seen(NOW, 4)),
                new JobMemory.Totals(7, 7000, Map.of(Verb.SHIP, 2L)),
                Map.of());
        return report(job, memory, List.of(troubles));
    }

    static Trouble trouble(Trouble.Kind kind, String text) {
        return new Trouble("db", kind, "", NOW, text, "offsite ship db");
    }
}
