package dev.offsite.cluster.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.Leases;
import dev.offsite.cluster.Leases.Lease;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PostgresLeasesIT {

    private static final String SERVER = "backup.example.org:22";

    private static final Duration SOON = Duration.ofSeconds(20);

    /** Never beats. */
    private static final Times PAUSED =
            new Times(Duration.ofHours(1), Duration.ofSeconds(2), Duration.ofMillis(10), Duration.ofSeconds(15));

    @AutoClose
    private static PostgresServer database;

    private final List<PostgresCluster> nodes = new ArrayList<>();
    private ClusterSettings settings;

    @BeforeAll
    static void startServer() throws IOException {
        database = PostgresServer.start();
    }

    @BeforeEach
    void makeDatabase() throws IOException {
        settings = database.database();
    }

    @AfterEach
    void close() {
        nodes.forEach(PostgresCluster::close);
    }

    private PostgresCluster node(Times times) {
        PostgresCluster node = PostgresCluster.open(settings, "1", times);
        nodes.add(node);
        node.join();
        return node;
    }

    private Leases leases() {
        return node(PostgresClusterIT.QUICK).leases().orElseThrow();
    }

    @Test
    void neverMoreThanTheMostAreHeld() throws Exception {
        int most = 3;
        AtomicInteger held = new AtomicInteger();
        AtomicInteger peak = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Leases leases = leases();
                for (boolean first : new boolean[] {true, false}) {
                    all.add(threads.submit(() -> {
                        for (int j = 0; j < 60; j++) {
                            leases.take(SERVER, most, first).ifPresent(lease -> {
                                peak.accumulateAndGet(held.incrementAndGet(), Math::max);
                                taken.incrementAndGet();
                                leases.isWanted(SERVER);
                                held.decrementAndGet();
                                lease.release();
                            });
                        }
                    }));
                }
            }
            for (Future<?> one : all) {
                one.get(1, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(peak).hasValueBetween(2, most);
        assertThat(taken.get()).isGreaterThan(60);
        assertThat(sql("select count(*) from offsite_lease")).isEqualTo("0");
    }

    private String sql(String query) {
        String url = settings.url().orElseThrow();
        return database.sql(url.substring(url.lastIndexOf('/') + 1), query);
    }

    @Test
    void thoseThatNobodyHasAreTakenAtOnce() {
        Leases one = leases();
        Leases two = leases();
        assertThat(one.take(SERVER, 3, true)).isPresent();
        assertThat(one.take(SERVER, 3, false)).isPresent();
        Lease third = two.take(SERVER, 3, true).orElseThrow();
        assertThat(two.take(SERVER, 3, false)).isEmpty();
        assertThat(one.take("another:22", 1, true)).isPresent();
        third.release();
        third.release();
        assertThat(one.take(SERVER, 3, false)).isPresent();
        assertThat(one.take(SERVER, 3, false)).isEmpty();
    }

    @Test
    void whoWaitsForTheFirstComesBeforeOthers() {
        Leases one = leases();
        Leases two = leases();
        Leases three = leases();
        Lease first = one.take(SERVER, 2, true).orElseThrow();
        Lease second = one.take(SERVER, 2, false).orElseThrow();
        assertThat(one.isWanted(SERVER)).isFalse();

        assertThat(two.take(SERVER, 2, false)).isEmpty();
        assertThat(one.isWanted(SERVER)).as("by one that does not need it").isFalse();
        assertThat(two.take(SERVER, 2, true)).isEmpty();
        assertThat(three.take(SERVER, 2, true)).isEmpty();
        assertThat(one.isWanted(SERVER)).isTrue();
        assertThat(one.isWanted("another:22")).isFalse();

        second.release();
        assertThat(three.take(SERVER, 2, true)).as("it came later").isEmpty();
        assertThat(one.take(SERVER, 2, false)).as("it has one").isEmpty();
        Lease its = two.take(SERVER, 2, true).orElseThrow();
        first.release();
        assertThat(one.take(SERVER, 2, true)).isEmpty();
        assertThat(three.take(SERVER, 2, true)).isPresent();
        its.release();
        assertThat(one.take(SERVER, 2, true)).isPresent();
        assertThat(two.isWanted(SERVER)).isFalse();
    }

    @Test
    void whoDoesNotAskAnyMoreHoldsNobodyUp() {
        Leases one = leases();
        Leases two = leases();
        Leases three = leases();
        Lease lease = one.take(SERVER, 1, true).orElseThrow();
        assertThat(two.take(SERVER, 1, true)).isEmpty();
        lease.release();
        assertThat(three.take(SERVER, 1, true)).isEmpty();
        await().atMost(SOON).until(() -> three.take(SERVER, 1, true).isPresent());
    }

    @Test
    void thoseOfADeadNodeAreFree() {
        PostgresCluster silent = node(PAUSED);
        Lease lease = silent.leases().orElseThrow().take(SERVER, 1, true).orElseThrow();
        assertThat(lease.isValid()).isTrue();
        Leases other = leases();
        await().atMost(SOON).until(() -> other.take(SERVER, 1, true).isPresent());
        assertThat(silent.leases().orElseThrow().take(SERVER, 2, true))
                .as("it does not know that it is dead")
                .isEmpty();
    }

    @Test
    void thoseOfANodeThatLeavesAreFreeAtOnce() {
        PostgresCluster one = node(PostgresClusterIT.QUICK);
        Leases two = leases();
        assertThat(one.leases().orElseThrow().take(SERVER, 1, true)).isPresent();
        assertThat(two.take(SERVER, 1, true)).isEmpty();
        one.close();
        assertThat(two.take(SERVER, 1, true)).isPresent();
    }

    /** What it had is of others. */
    @Test
    void aNodeThatComesBackHasNone() {
        PostgresCluster paused = node(PostgresClusterIT.QUICK);
        Optional<Lease> lease = paused.leases().orElseThrow().take(SERVER, 1, true);
        String before = paused.node();
        sql("update offsite_node set left_at = clock_timestamp()");
        await().atMost(SOON).until(() -> !paused.node().equals(before));
        assertThat(lease.orElseThrow().isValid()).isFalse();
    }
}
