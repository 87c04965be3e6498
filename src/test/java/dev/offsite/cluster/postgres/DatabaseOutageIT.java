package dev.offsite.cluster.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.TextMap;
import dev.offsite.io.StateException;
import dev.offsite.io.StateStore;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The database goes away and comes back. */
@Timeout(120)
class DatabaseOutageIT {

    private static final int THREADS = 4;
    private static final int RESTARTS = 3;

    private PostgresServer server;
    private Cluster cluster;

    @BeforeEach
    void open() throws IOException {
        server = PostgresServer.start(true);
        cluster = PostgresCluster.open(server.database(), "1", Times.USUAL);
        cluster.join();
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.startAgain();
            cluster.close();
            server.close();
        }
    }

    @Test
    void nothingFailsOrIsDoneTwiceInARestart() throws Exception {
        StateStore store = cluster.state();
        TextMap map = cluster.map("copies");
        AtomicBoolean ended = new AtomicBoolean();
        AtomicInteger all = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<Integer>> workers = new ArrayList<>();
        try {
            for (int i = 0; i < THREADS; i++) {
                int worker = i;
                workers.add(threads.submit(() -> {
                    int done = 0;
                    while (!ended.get()) {
                        String key = worker + "-" + done;
                        store.append("log", key + "\n");
                        store.update("count", DatabaseOutageIT::oneMore, true);
                        assertThat(map.putIfAbsent(key, "1")).as(key).isNull();
                        map.putAll(Map.of(key, "2", key + "x", "3"));
                        assertThat(cluster.claims().take(key)).isTrue();
                        cluster.claims().release(key);
                        done++;
                        all.incrementAndGet();
                    }
                    return done;
                }));
            }
            for (int i = 0; i < RESTARTS; i++) {
                goesOn(all, workers);
                server.killConnections("offsite ");
                goesOn(all, workers);
                server.restart();
            }
            goesOn(all, workers);
            ended.set(true);
            List<String> expected = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int done = workers.get(i).get(30, TimeUnit.SECONDS);
                for (int number = 0; number < done; number++) {
                    expected.add(i + "-" + number);
                }
            }
            assertThat(store.text("log").orElseThrow().lines()).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(store.text("count")).contains(String.valueOf(expected.size()));
        } finally {
            ended.set(true);
            threads.shutdownNow();
        }
    }

    private static void goesOn(AtomicInteger all, List<Future<Integer>> workers) {
        int before = all.get();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> all.get() > before + 20 || workers.stream().anyMatch(Future::isDone));
    }

    private static String oneMore(String text) {
        return text.isEmpty() ? "1" : String.valueOf(Integer.parseInt(text) + 1);
    }

    @Test
    void whatWasSyncedSurvivesACrash() {
        TextMap map = cluster.map("copies");
        for (int i = 0; i < 100; i++) {
            map.put("key" + i, "value");
        }
        cluster.sync();
        server.restart();
        assertThat(map.get("key0")).isEqualTo("value");
        assertThat(map.get("key99")).isEqualTo("value");
    }

    @Test
    void aLongOutageIsOnePlainLineAndPasses() throws Exception {
        Cluster impatient = PostgresCluster.open(
                server.database(),
                "1",
                new Times(Duration.ofSeconds(3), Duration.ofSeconds(20), Duration.ZERO, Duration.ofSeconds(1)));
        StateStore store = impatient.state();
        store.append("a", "1\n");
        server.stop();
        assertThatThrownBy(() -> store.append("a", "2\n"))
                .isInstanceOf(StateException.class)
                .hasMessageStartingWith("the cluster's database (127.0.0.1:")
                .hasMessageContaining("cannot be reached: ")
                .hasMessageEndingWith("; it goes on by itself when it is back");
        assertThatThrownBy(impatient::leads).isInstanceOf(StateException.class);
        assertThatThrownBy(() -> impatient.lock("x", Duration.ZERO)).isInstanceOf(StateException.class);
        server.startAgain();
        store.append("a", "3\n");
        assertThat(store.text("a").orElseThrow()).startsWith("1\n").endsWith("3\n");
        impatient.close();
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        server.stop();
        Thread waiting = new Thread(
                () -> assertThatThrownBy(() -> cluster.state().text("a")).isInstanceOf(StateException.class));
        long start = System.nanoTime();
        waiting.start();
        waiting.interrupt();
        waiting.join(TimeUnit.SECONDS.toMillis(10));
        assertThat(waiting.isAlive()).isFalse();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }
}
