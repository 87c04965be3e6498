package dev.offsite.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.StateFolder;
import dev.offsite.job.DatedFolder;
import dev.offsite.job.Job;
import dev.offsite.status.JobMemory.Stock;
import dev.offsite.status.Observation.Amount;
import dev.offsite.support.Things;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobMemoryFileTest {

    private static final Instant NOW = Instant.parse("2026-01-31T02:30:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-01-31");

    @TempDir
    private Path state;

    private final Job job = Things.job(DatedFolder.BASIC);

    private static HistoryEntry run(Result result, Instant at) {
        return new HistoryEntry(
                "db", Verb.SHIP, result, at, Duration.ofSeconds(2), 1, 2, 3, List.of("20260131"), "why \"ü\n");
    }

    private JobMemory observe(Observation fact) {
        return new JobMemoryFile(new StateFolder(state))
                .update(job, () -> JobMemory.since(NOW), before -> before.with(fact));
    }

    @Test
    void allThatIsRememberedIsReadAgain() {
        observe(new Observation.Counted(
                "db", NOW, Map.of(TODAY.minusDays(40), new Amount(4, 400), LocalDate.EPOCH, new Amount(1, 7))));
        observe(new Observation.Verified("db", NOW, "20260131", 2, 1L << 40));
        observe(new Observation.Ended(run(Result.FAILED, NOW)));
        observe(new Observation.Unshipped("db", NOW, List.of("a b", "ü\n")));
        observe(new Observation.Space("db", NOW, 1L << 50));
        observe(new Observation.Trash("db", NOW, 3));
        JobMemory last = new JobMemoryFile(new StateFolder(state))
                .update(job, () -> JobMemory.since(NOW), before -> before.withTroubles(Map.of("failed ship", NOW)));

        assertThat(new JobMemoryFile(new StateFolder(state)).read(job)).contains(last);
        assertThat(last.troubles()).containsEntry("failed ship", NOW);
        assertThat(last.stock().orElseThrow().all()).isEqualTo(new Amount(7, (1L << 40) + 407));
        assertThat(last.stock().orElseThrow().since(TODAY.minusDays(30))).isEqualTo(new Amount(2, 1L << 40));
        assertThat(last.totals().copies()).isEqualTo(2);
        assertThat(last.totals().failures()).containsEntry(Verb.SHIP, 1L);
        assertThat(last.unshipped().orElseThrow().count()).isEqualTo(2);
    }

    @Test
    void failuresInARowBeganWithTheFirst() {
        observe(new Observation.Ended(run(Result.FAILED, NOW)));
        JobMemory twice = observe(new Observation.Ended(run(Result.FAILED, NOW.plusSeconds(60))));
        assertThat(twice.runs().get(Verb.SHIP).failingSince()).contains(NOW);
        assertThat(observe(new Observation.Ended(run(Result.OK, NOW)))
                        .runs()
                        .get(Verb.SHIP)
                        .failingSince())
                .isEmpty();
    }

    @Test
    void whatIsPrunedIsNoStock() {
        observe(new Observation.Counted("db", NOW, Map.of(TODAY, new Amount(4, 400))));
        JobMemory less = observe(new Observation.Pruned("db", NOW, Map.of(TODAY, 3L, TODAY.minusDays(1), 2L)));
        assertThat(less.stock().orElseThrow().all()).isEqualTo(new Amount(1, 100));
        assertThat(observe(new Observation.Pruned("db", NOW, Map.of(TODAY, 3L)))
                        .stock()
                        .orElseThrow()
                        .all())
                .isEqualTo(Amount.NOTHING);
    }

    @Test
    void whatAnotherProcessRemembersIsReadAgain() {
        JobMemoryFile service = new JobMemoryFile(new StateFolder(state));
        observe(new Observation.Space("db", NOW, 1));
        assertThat(service.read(job).orElseThrow().freeBytes().orElseThrow().value())
                .isEqualTo(1);

        observe(new Observation.Space("db", NOW, 2));

        assertThat(service.read(job).orElseThrow().freeBytes().orElseThrow().value())
                .isEqualTo(2);
    }

    @Test
    void copiesVerifiedLongAgoCountByMonth() {
        Map<LocalDate, Amount> days = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            days.put(TODAY.minusDays(i), new Amount(2, 20));
        }
        JobMemory all = observe(new Observation.Counted("db", NOW, days));

        Stock stock = all.stock().orElseThrow();
        assertThat(stock.verified()).hasSizeLessThan(400);
        assertThat(stock.all()).isEqualTo(new Amount(20_000, 200_000));
        assertThat(stock.since(TODAY.minusDays(30))).isEqualTo(new Amount(62, 620));

        JobMemory less =
                observe(new Observation.Pruned("db", NOW, Map.of(TODAY.minusDays(5_000), 2L, TODAY.minusDays(1), 1L)));
        assertThat(less.stock().orElseThrow().all()).isEqualTo(new Amount(19_997, 199_970));
    }

    @Test
    void severalWritersLoseNothing() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(8);
        IntStream.range(0, 8).forEach(i -> new Thread(() -> {
                    for (int n = 0; n < 25; n++) {
                        observe(new Observation.Verified("db", NOW, "20260131", 1, 1));
                    }
                    done.countDown();
                })
                .start());
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(new JobMemoryFile(new StateFolder(state))
                        .read(job)
                        .orElseThrow()
                        .totals()
                        .copies())
                .isEqualTo(200);
    }
}
