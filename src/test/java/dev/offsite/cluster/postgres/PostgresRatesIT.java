package dev.offsite.cluster.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.SharedRate;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counts what nodes are given, and not how long it takes: nobody waits here. */
@Timeout(120)
class PostgresRatesIT {

    private static final Duration BATCH = Duration.ofMillis(250);

    @AutoClose
    private static PostgresServer server;

    private final List<PostgresCluster> nodes = new ArrayList<>();
    private ClusterSettings settings;

    @BeforeAll
    static void startServer() throws IOException {
        server = PostgresServer.start();
    }

    @BeforeEach
    void makeDatabase() throws IOException {
        settings = server.database();
    }

    @AfterEach
    void close() {
        nodes.forEach(PostgresCluster::close);
        server.startAgain();
    }

    private PostgresCluster node() {
        PostgresCluster node = PostgresCluster.open(settings, "1", PostgresClusterIT.QUICK);
        nodes.add(node);
        node.join();
        return node;
    }

    private SharedRate rate(String name) {
        return node().rate(name).orElseThrow();
    }

    private static Duration take(SharedRate rate, int batches) {
        Duration wait = Duration.ZERO;
        for (int i = 0; i < batches; i++) {
            wait = rate.take(BATCH);
        }
        return wait;
    }

    private static double seconds(Duration time) {
        return time.toNanos() / 1e9;
    }

    @Test
    void nodesTakeTheSameTimeOneAfterTheOther() throws Exception {
        List<SharedRate> rates = List.of(rate("all"), rate("all"), rate("all"));
        rates.forEach(rate -> rate.take(Duration.ofMillis(1)));
        ExecutorService threads = Executors.newFixedThreadPool(rates.size());
        long begin = System.nanoTime();
        double last = 0;
        try {
            List<Future<Duration>> all = new ArrayList<>();
            for (SharedRate rate : rates) {
                all.add(threads.submit(() -> take(rate, 80)));
            }
            for (Future<Duration> one : all) {
                last = Math.max(last, seconds(one.get(1, TimeUnit.MINUTES)));
            }
        } finally {
            threads.shutdownNow();
        }
        double passed = (System.nanoTime() - begin) / 1e9;
        // What may be used at last, after all that was taken: 3 * 80 quarters of a second.
        assertThat(last + passed).isBetween(60 - 0.3, 60 + 0.3 + passed);
    }

    /** Else nodes whose clocks are slow would get nothing. */
    @Test
    void onlyTheClockOfTheDatabaseCounts() {
        Source source = new Source(settings, "test");
        try (Database database = new Database(source, Duration.ofSeconds(5), false);
                PostgresRates right = new PostgresRates(database, source, System::nanoTime);
                PostgresRates ahead = new PostgresRates(
                        database,
                        source,
                        () -> System.nanoTime() + Duration.ofHours(1).toNanos())) {
            assertThat(seconds(take(ahead.of("all"), 4))).isGreaterThan(0.5);
            // It is paid as time passes, which it would not for an hour.
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> right.of("all").take(Duration.ofNanos(1000)).isZero());
        }
    }

    @Test
    void anotherLimitIsAnother() {
        SharedRate one = rate("job a");
        take(one, 40);
        assertThat(seconds(rate("job b").take(BATCH))).isLessThan(0.3);
    }

    @Test
    void whatNobodyUsesIsKeptForAMoment() {
        SharedRate first = rate("all");
        first.take(Duration.ofNanos(1000));
        long before = System.nanoTime();
        Duration wait = take(first, 4);
        assertThat(seconds(wait)).isCloseTo(1, within(0.3 + (System.nanoTime() - before) / 1e9));
    }

    @Test
    void whileTheDatabaseIsAwayEachNodeHasItsPart() {
        PostgresCluster one = node();
        node();
        node();
        SharedRate rate = one.rate("all").orElseThrow();
        rate.take(BATCH);
        server.stop();
        long begin = System.nanoTime();
        rate.take(BATCH);
        assertThat(seconds(Duration.ofNanos(System.nanoTime() - begin))).isLessThan(10);

        Duration wait = take(rate, 40);
        assertThat(seconds(wait)).isBetween(28.0, 30.8);

        server.startAgain();
        SharedRate again = node().rate("all").orElseThrow();
        assertThat(seconds(take(again, 4))).isBetween(0.5, 1.3);
    }
}
