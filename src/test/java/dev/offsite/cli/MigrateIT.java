package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.ClusterSettings;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.PostgresServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A machine that has shipped alone becomes a node of a cluster, and the other way. */
@RequiresSshd
@Timeout(300)
class MigrateIT {

    private static final String NOTHING_NEW = "db: nothing new";

    @TempDir
    private Path folder;

    private PostgresServer database;
    private ClusterSettings settings;
    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void install() throws IOException {
        database = PostgresServer.start();
        settings = database.database();
        server = OpenSshServer.start(Files.createDirectory(folder.resolve("server")));
        site = TestSite.of(Files.createDirectory(folder.resolve("one")), server, folder.resolve("root"))
                .job("ready", "0s");
    }

    @AfterEach
    void stop() {
        server.close();
        database.close();
    }

    private TestSite clustered() {
        return clustered(site, settings);
    }

    private static TestSite clustered(TestSite node, ClusterSettings cluster) {
        return node.target("cluster", cluster.url().orElseThrow())
                .target("cluster.user", cluster.user().orElseThrow())
                .target(
                        "cluster.password-file",
                        cluster.passwordFile().orElseThrow().toString());
    }

    private TestSite alone() {
        return site.unset("offsite.cluster");
    }

    private Result succeeds(String... arguments) {
        Result result = site.run(arguments);
        assertThat(result.exit()).as("%s", result).isZero();
        return result;
    }

    private Result ends(int exit, String... arguments) {
        Result result = site.run(arguments);
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        // A job may say it, too.
        assertThat(result.err()
                        .lines()
                        .filter(line -> line.startsWith("offsite: "))
                        .map(line -> line.replace("offsite: db: ", "offsite: "))
                        .distinct())
                .as("%s", result)
                .hasSize(1);
        return result;
    }

    private String sql(String query) {
        String url = settings.url().orElseThrow();
        return database.sql(url.substring(url.lastIndexOf('/') + 1), query);
    }

    private void shipsTwoDaysAlone() throws IOException {
        site.backup("a.dump", "a");
        site.backup("in/b ü.dump", "b");
        succeeds("ship");
        site.backup("c.dump", "c");
        succeeds("ship");
        succeeds("scrub", "--all");
    }

    /** What people see, without the ages, which go on. */
    private List<String> seen() {
        return Stream.of(
                        succeeds("history", "db").out(),
                        succeeds("list", "db", "latest").out(),
                        succeeds("status", "--json").out().replaceAll("\"ageSeconds\":\\d+", ""))
                .toList();
    }

    @Test
    void whatWasShippedAloneIsKnownInTheClusterAndBack() throws Exception {
        shipsTwoDaysAlone();
        List<String> before = seen();
        String marked = Files.readString(folder.resolve("root/.offsite-owner"));

        clustered();
        assertThat(succeeds("migrate", "--to-cluster").out())
                .matches(
                        "4 entries of the ledger and \\d+ texts are in the cluster's database \\(.*/test1\\), verified\n");
        assertThat(seen()).isEqualTo(before);
        assertThat(succeeds("ship").out()).contains(NOTHING_NEW);
        assertThat(Files.readString(folder.resolve("root/.offsite-owner"))
                        .lines()
                        .toList()
                        .get(1))
                .isEqualTo(marked.lines().toList().get(1));
        site.backup("d.dump", "d");
        assertThat(succeeds("ship").out()).contains("1 file ");
        // All that these write must be known to the way back.
        succeeds("drill");
        succeeds("verify", "db");
        succeeds("scrub", "--all");
        succeeds("prune");
        before = seen();

        assertThat(succeeds("migrate", "--to-folder").out())
                .matches("5 entries of the ledger and \\d+ texts are in /.*, verified\n");
        alone();
        assertThat(seen()).isEqualTo(before);
        assertThat(succeeds("ship").out()).contains(NOTHING_NEW);
        succeeds("prune");
        site.assertAllOffsite();
    }

    @Test
    void whatHasMovedIsNotUsedByMistake() throws Exception {
        shipsTwoDaysAlone();
        clustered();
        succeeds("migrate", "--to-cluster");
        assertThat(ends(2, "migrate", "--to-cluster").err()).contains("has moved to the cluster's database");
        alone();
        for (String verb : List.of("ship", "status", "prune", "scrub", "history")) {
            assertThat(ends(2, verb).err())
                    .contains(
                            "moved to the cluster's database",
                            "set offsite.cluster again",
                            "offsite migrate --to-folder");
        }
        assertThat(ends(2, "ship", "--dry-run").err()).contains("moved to the cluster's database");

        clustered();
        succeeds("migrate", "--to-folder");
        for (String verb : List.of("ship", "status", "prune", "scrub", "history")) {
            assertThat(ends(2, verb).err()).contains("is not used any more: what it knew moved to ");
        }
        assertThat(ends(2, "migrate", "--to-folder").err()).contains("is not used any more");
        // The same machine may go there again.
        succeeds("migrate", "--to-cluster");
        assertThat(succeeds("ship").out()).contains(NOTHING_NEW);
    }

    @Test
    void aDryRunCopiesNothing() throws Exception {
        shipsTwoDaysAlone();
        clustered();
        assertThat(succeeds("migrate", "--to-cluster", "--dry-run").out())
                .matches(
                        "4 entries of the ledger and \\d+ texts would be copied from /.* to the cluster's database \\(.*\\)\n");
        assertThat(sql("select count(*) from offsite_text")).isEqualTo("0");
        assertThat(sql("select count(*) from offsite_ledger")).isEqualTo("0");
        alone();
        assertThat(succeeds("ship").out()).contains(NOTHING_NEW);
    }

    @Test
    void itsJsonIsWhatTheSchemaSays() throws Exception {
        shipsTwoDaysAlone();
        clustered();
        JsonSchemaIT.check(
                "migrate",
                succeeds("migrate", "--to-cluster", "--dry-run", "--json").out());
        JsonSchemaIT.check(
                "migrate", succeeds("migrate", "--to-cluster", "--json").out());
        String back = succeeds("migrate", "--to-folder", "--json").out();
        JsonSchemaIT.check("migrate", back);
        assertThat(back).contains("\"entries\":4", "\"dryRun\":false");
    }

    @Test
    void oneWayMustBeNamed() {
        clustered();
        assertThat(ends(2, "migrate").err()).contains("name one of --to-cluster (from", "and --to-folder (from");
        assertThat(ends(2, "migrate", "--to-cluster", "--to-folder").err()).contains("name one of");
        alone();
        assertThat(ends(2, "migrate", "--to-cluster").err()).contains("offsite.cluster is not set");
    }

    @Test
    void whileANodeIsAliveNothingMoves() throws Exception {
        shipsTwoDaysAlone();
        TestSite other = clustered(
                TestSite.of(Files.createDirectory(folder.resolve("other")), server, folder.resolve("elsewhere")),
                settings);
        try (Running node = other.asProcess().start("serve")) {
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(sql("select count(*) from offsite_node where left_at is null"))
                            .isEqualTo("1"));
            clustered();
            assertThat(ends(4, "migrate", "--to-cluster").err())
                    .contains("nodes of the cluster are alive (process %d on "
                            .formatted(node.process().pid()));
            assertThat(sql("select count(*) from offsite_text where name = 'migration'"))
                    .isEqualTo("0");
            node.process().destroy();
            node.end();
        }
        succeeds("migrate", "--to-cluster");
    }

    @Test
    void aDatabaseInWhichOthersHaveShippedIsLeftAlone() throws Exception {
        shipsTwoDaysAlone();
        TestSite other = clustered(
                TestSite.of(Files.createDirectory(folder.resolve("other")), server, folder.resolve("elsewhere")),
                settings);
        other.job("ready", "0s").backup("theirs", "theirs");
        assertThat(other.run("ship").exit()).isZero();
        clustered();
        assertThat(ends(2, "migrate", "--to-cluster").err()).contains("knows what others have shipped");
        assertThat(other.run("ship").out()).contains(NOTHING_NEW);
        assertThat(ends(2, "migrate", "--to-folder").err()).contains("knows what this machine has shipped alone");
    }

    /** It was forgotten to migrate first: that is said, and can be made up for. */
    @Test
    void aNodeThatStartedBeforeTheMigrationWarns() throws Exception {
        shipsTwoDaysAlone();
        clustered();
        Result early = site.run("ship");
        assertThat(early.err())
                .contains("this machine knows 3 files that it shipped alone", "offsite migrate --to-cluster");
        assertThat(early.err()).contains("belongs to another installation");
        succeeds("migrate", "--to-cluster");
        Result ship = succeeds("ship");
        assertThat(ship.out()).contains(NOTHING_NEW);
        assertThat(ship.err()).doesNotContain("shipped alone");
    }

    /** All that was left open before is put in order after. */
    @Test
    void whatAnInterruptedShipHasLeftIsCleanedUpAfterIt() throws Exception {
        for (boolean toCluster : List.of(true, false)) {
            site.asProcess().job("limit", "20KiB/s");
            site.backup("small" + toCluster, "small");
            site.backup("large" + toCluster, new byte[3 << 20]);
            try (Running ship = site.start("ship")) {
                await().atMost(Duration.ofSeconds(60)).until(() -> !site.parts().isEmpty());
                ship.kill();
            }
            assertThat(site.parts()).isNotEmpty();
            site.unset("camel.routeTemplate[db].limit");
            clustered();
            // The node that was killed counts as alive for 20 seconds.
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> succeeds("migrate", toCluster ? "--to-cluster" : "--to-folder"));
            // So that it is not gone on with.
            Files.delete(site.source().resolve("large" + toCluster));
            if (!toCluster) {
                alone();
            }
            succeeds("ship");
            assertThat(site.parts()).isEmpty();
        }
        site.assertAllOffsite();
    }

    @Test
    void oneThatWasKilledIsRunAgain() throws Exception {
        shipsTwoDaysAlone();
        List<String> before = seen();
        clustered();
        succeeds("migrate", "--to-cluster", "--dry-run");
        // In the middle of its copying, it waits.
        sql(
                "create function wait() returns trigger language plpgsql as 'begin perform pg_sleep(300); return new; end'");
        sql(
                "create trigger wait before insert on offsite_text for each row when (new.name = 'owner') execute function wait()");
        site.asProcess();
        try (Running migration = site.start("migrate", "--to-cluster")) {
            await().atMost(Duration.ofSeconds(60))
                    .until(
                            () -> sql("select count(*) from pg_stat_activity where wait_event = 'PgSleep'"),
                            "1"::equals);
            migration.kill();
        }
        assertThat(sql("select count(*) from offsite_text")).isNotEqualTo("0");
        assertThat(ends(2, "ship").err()).contains("not finished", "offsite migrate --to-cluster");
        assertThat(ends(2, "status").err()).contains("not finished", "offsite migrate --to-cluster");
        sql("select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
        sql("drop trigger wait on offsite_text");
        succeeds("migrate", "--to-cluster");
        assertThat(seen()).isEqualTo(before);
        assertThat(succeeds("ship").out()).contains(NOTHING_NEW);
    }

    @Test
    void aWayBackThatFailedIsRunAgainOrGivenUp() throws Exception {
        shipsTwoDaysAlone();
        clustered();
        succeeds("migrate", "--to-cluster");
        for (String next : List.of("--to-cluster", "--to-folder")) {
            // Nothing can be written under that name.
            Path obstacle = Files.createDirectory(site.state().resolve("owner.new"));
            assertThat(ends(1, "migrate", "--to-folder").err()).contains("owner");
            assertThat(ends(2, "ship").err()).contains("is being moved to", "not finished");
            alone();
            assertThat(ends(2, "ship").err()).contains("is not finished", "offsite migrate --to-folder");
            clustered();
            Files.delete(obstacle);
            succeeds("migrate", next);
            assertThat(next.equals("--to-cluster") ? clustered() : alone()).isNotNull();
            assertThat(succeeds("ship").out()).contains(NOTHING_NEW);
        }
    }
}
