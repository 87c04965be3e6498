package dev.offsite.cluster.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.Claims;
import dev.offsite.cluster.Cluster.Lock;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.io.StateException;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

/** Several nodes on a real server. */
@Timeout(120)
class PostgresClusterIT {

    static final Times QUICK =
            new Times(Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofMillis(10), Duration.ofSeconds(15));

    /** Never beats: to the others it is a node that is paused. */
    private static final Times PAUSED =
            new Times(Duration.ofHours(1), Duration.ofSeconds(2), Duration.ofMillis(10), Duration.ofSeconds(15));

    private static final Duration SOON = Duration.ofSeconds(20);

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
    }

    private PostgresCluster node() {
        return node(QUICK);
    }

    private PostgresCluster node(Times times) {
        PostgresCluster node = PostgresCluster.open(settings, "1", times);
        nodes.add(node);
        node.join();
        return node;
    }

    private static String sql(ClusterSettings settings, String query) {
        String url = settings.url().orElseThrow();
        return server.sql(url.substring(url.lastIndexOf('/') + 1), query);
    }

    @Test
    void nodesKnowEachOther() {
        PostgresCluster one = node();
        PostgresCluster two = node();
        assertThat(one.isShared()).isTrue();
        assertThat(one.node()).matches("[0-9a-f]{8}").isNotEqualTo(two.node());
        await().atMost(SOON).until(() -> one.alive().equals(Set.of(one.node(), two.node())));
        assertThat(two.alive()).isEqualTo(one.alive());
        assertThat(one.dead()).isEmpty();
        assertThat(one.leads()).isTrue();
        assertThat(two.leads()).isFalse();
        assertThat(one.place())
                .isEqualTo("127.0.0.1:%d/test%s"
                        .formatted(server.port(), one.place().replaceFirst(".*/test", "")));

        AtomicInteger deaths = new AtomicInteger();
        two.onDeath(deaths::incrementAndGet);
        one.close();
        await().atMost(SOON).until(two::leads);
        assertThat(two.alive()).containsExactly(two.node());
        assertThat(two.dead()).containsExactly(one.node());
        await().atMost(SOON).until(() -> deaths.get() == 1);
    }

    @Test
    void aFileIsClaimedByOneNode() throws Exception {
        List<Claims> claims = List.of(node().claims(), node().claims(), node().claims());
        ExecutorService threads = Executors.newFixedThreadPool(6);
        int files = 200;
        try {
            List<Future<Integer>> taken = new ArrayList<>();
            for (Claims each : claims) {
                taken.add(threads.submit(() -> {
                    int mine = 0;
                    for (int i = 0; i < files; i++) {
                        mine += each.take("job /source/" + i) ? 1 : 0;
                    }
                    return mine;
                }));
            }
            int all = 0;
            for (Future<Integer> one : taken) {
                all += one.get(1, TimeUnit.MINUTES);
            }
            assertThat(all).isEqualTo(files);
        } finally {
            threads.shutdownNow();
        }
        int others = 0;
        for (Claims each : claims) {
            others += each.ofOthers("job /source/").size();
        }
        assertThat(others).isEqualTo(2 * files);
    }

    @Test
    void claimsAreReleasedAndLost() {
        Claims one = node().claims();
        Claims two = node().claims();
        for (String key : List.of("job it's", "job a\nb", "job %_", "other")) {
            assertThat(one.take(key)).isTrue();
            assertThat(one.take(key)).as("again").isTrue();
            assertThat(two.take(key)).isFalse();
        }
        assertThat(two.ofOthers("job ")).containsExactlyInAnyOrder("job it's", "job a\nb", "job %_");
        assertThat(one.ofOthers("job ")).isEmpty();
        assertThat(one.lost(List.of("job it's", "other", "never"))).containsExactly("never");
        assertThat(one.lost(List.of())).isEmpty();

        two.release("other");
        assertThat(two.take("other")).as("of another node").isFalse();
        one.release("other");
        assertThat(two.take("other")).isTrue();
        assertThat(one.lost(List.of("job it's", "other"))).containsExactly("other");
    }

    @Test
    void aKilledProcessLosesWhatItHad() throws Exception {
        PostgresCluster survivor = node();
        AtomicInteger deaths = new AtomicInteger();
        survivor.onDeath(deaths::incrementAndGet);
        try (NodeProcess other = NodeProcess.start(settings, "job a", "prune")) {
            await().atMost(SOON).until(() -> !other.ids().isEmpty());
            String id = other.ids().element();
            assertThat(survivor.claims().take("job a")).isFalse();
            assertThat(survivor.lock("prune", Duration.ZERO)).isEmpty();
            other.signal("KILL");
            await().atMost(SOON).until(() -> survivor.claims().take("job a"));
            assertThat(survivor.dead()).containsExactly(id);
            await().atMost(SOON).until(() -> deaths.get() == 1);
            try (Lock lock = survivor.lock("prune", Duration.ZERO).orElseThrow()) {
                lock.check();
            }
        }
    }

    @Test
    void aPausedProcessComesBackAsAnotherNode() throws Exception {
        PostgresCluster survivor = node();
        try (NodeProcess other = NodeProcess.start(settings, "job a", "prune")) {
            await().atMost(SOON).until(() -> !other.ids().isEmpty());
            other.signal("STOP");
            await().atMost(SOON).until(() -> survivor.claims().take("job a"));
            // Its connections would stay as they are.
            await().atMost(SOON)
                    .until(() -> survivor.lock("prune", Duration.ZERO).isPresent());
            other.signal("CONT");
            await().atMost(SOON).until(() -> other.ids().size() == 2);
            List<String> ids = List.copyOf(other.ids());
            assertThat(survivor.dead()).containsExactly(ids.get(0));
            await().atMost(SOON).until(() -> survivor.alive().contains(ids.get(1)));
            assertThat(survivor.leads()).isTrue();
        }
    }

    @Test
    void aSilentNodeNoticesThatItsClaimsAreLost() {
        PostgresCluster silent = node(PAUSED);
        assertThat(silent.claims().take("job a")).isTrue();
        Lock lock = silent.lock("prune", Duration.ZERO).orElseThrow();
        lock.check();
        PostgresCluster other = node();
        await().atMost(SOON).until(() -> other.claims().take("job a"));
        assertThat(silent.claims().lost(List.of("job a"))).containsExactly("job a");
        await().atMost(SOON).untilAsserted(() -> assertThatThrownBy(lock::check)
                .isInstanceOf(StateException.class)
                .hasMessageContaining("prune"));
        lock.close();
        assertThat(silent.leads()).isFalse();
        // What it claims now, before it knows, is of nobody soon.
        silent.claims().take("job b");
        await().atMost(SOON).until(() -> other.claims().take("job b"));
    }

    @Test
    void anOutageMakesNobodyDead() {
        PostgresCluster one = node();
        PostgresCluster two = node();
        Set<String> both = Set.of(one.node(), two.node());
        assertThat(one.claims().take("job a")).isTrue();
        // Both could judge others now.
        await().pollDelay(QUICK.death().multipliedBy(2)).atMost(SOON).until(() -> one.alive()
                .equals(both));
        server.stop();
        await().pollDelay(QUICK.death().multipliedBy(2)).atMost(SOON).until(() -> true);
        server.startAgain();
        await().during(QUICK.death().multipliedBy(3)).atMost(SOON).until(() -> one.dead()
                .isEmpty());
        assertThat(two.alive()).isEqualTo(both).isEqualTo(Set.of(one.node(), two.node()));
        assertThat(one.claims().lost(List.of("job a"))).isEmpty();
    }

    @Test
    void aLockHasOneHolder() throws Exception {
        PostgresCluster one = node();
        PostgresCluster two = node();
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try (Lock lock = one.lock("it's a\nfolder", Duration.ZERO).orElseThrow()) {
            assertThat(two.lock("it's a\nfolder", Duration.ofMillis(50))).isEmpty();
            assertThat(one.lock("it's a\nfolder", Duration.ZERO))
                    .as("another thread")
                    .isEmpty();
            two.lock("another", Duration.ZERO).orElseThrow().close();
            lock.check();
            Future<Optional<Lock>> waiting = threads.submit(() -> two.lock("it's a\nfolder", Duration.ofSeconds(30)));
            await().atMost(SOON).until(() -> !sql(settings, "select 1 from pg_locks where not granted")
                    .isEmpty());
            lock.close();
            Lock next = waiting.get(20, TimeUnit.SECONDS).orElseThrow();
            next.check();
            assertThatThrownBy(lock::check).isInstanceOf(StateException.class);
            next.close();
        } finally {
            threads.shutdownNow();
        }
        // Nothing stays behind on a connection that is used again.
        one.lock("it's a\nfolder", Duration.ZERO).orElseThrow().close();
    }

    @Test
    void aLockEndsWithItsConnection() {
        PostgresCluster one = node();
        PostgresCluster two = node();
        Lock lock = one.lock("prune", Duration.ZERO).orElseThrow();
        server.killConnections("offsite " + one.node());
        assertThatThrownBy(lock::check)
                .isInstanceOf(StateException.class)
                .hasMessageContaining(one.place())
                .hasMessageContaining("prune");
        try (Lock next = two.lock("prune", Duration.ofSeconds(5)).orElseThrow()) {
            next.check();
            lock.close();
            next.check();
        }
        one.lock("prune", Duration.ZERO).orElseThrow().close();
    }

    @Test
    void nodesMayStartAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<PostgresCluster>> starting = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                starting.add(threads.submit(() -> {
                    PostgresCluster node = PostgresCluster.open(settings, "1", QUICK);
                    node.join();
                    return node;
                }));
            }
            for (Future<PostgresCluster> one : starting) {
                nodes.add(one.get(1, TimeUnit.MINUTES));
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(nodes.get(0).alive()).hasSize(4);
        assertThat(sql(settings, "select count(*) from offsite_schema_history where version = '1'"))
                .isEqualTo("1");
    }

    /** Each run of a command is a node for a moment; one that left something unfinished is known for longer. */
    @Test
    void nodesThatHaveLeftNothingBehindAreForgottenSoon() throws Exception {
        PostgresCluster gone = node();
        PostgresCluster unfinished = node();
        unfinished.map("openFolders").put("a", unfinished.node() + " /srv/db/20260131");
        gone.close();
        unfinished.close();
        sql(settings, "update offsite_node set left_at = left_at - interval '11 minutes'");

        PostgresCluster next = node();

        assertThat(next.dead()).containsExactly(unfinished.node());
    }

    @Test
    void whatNobodyNeedsIsForgotten() throws Exception {
        PostgresCluster one = node();
        PostgresCluster two = node();
        two.close();
        one.state().append("a", "1\n");
        sql(settings, "update offsite_node set left_at = left_at - interval '31 days'");
        sql(settings, "update offsite_done set at = at - interval '2 hours'");
        try (var connection = new Source(settings, "test").connect(5)) {
            Nodes.tidy(connection);
        }
        assertThat(sql(settings, "select id from offsite_node")).isEqualTo(one.node());
        assertThat(sql(settings, "select count(*) from offsite_done")).isEqualTo("0");
    }
}
