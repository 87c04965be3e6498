package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.history.History;
import dev.offsite.io.StateFolder;
import dev.offsite.support.MovedClock;
import dev.offsite.support.OpenSshServer;
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
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code status} and {@code history} know, and when a job counts as stale. */
@RequiresSshd
@Timeout(180)
class StatusIT {

    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite offsite;
    private MovedClock clock;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(Files.createDirectory(folder.resolve("server")));
        offsite = TestSite.of(Files.createDirectory(folder.resolve("site")), server);
        offsite.job("max-age", "26h");
        clock = MovedClock.of(offsite);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Result ends(int exit, String text, String... verb) {
        Result result = offsite.run(verb);
        assertThat(result.exit()).as("%s: %s", List.of(verb), result).isEqualTo(exit);
        assertThat(result.out() + result.err()).contains(text);
        return result;
    }

    private JsonObject status(int exit) {
        JsonObject all = Jsoner.deserialize(ends(exit, "{", "status", "--json").out(), new JsonObject());
        return (JsonObject) ((JsonArray) all.get("jobs")).get(0);
    }

    private List<String> events() throws IOException {
        Path told = folder.resolve("told");
        if (!Files.exists(told)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(told)) {
            return lines.map(line -> line.replaceAll(".*\"event\":\"(\\w+)\".*", "$1"))
                    .toList();
        }
    }

    private void listen() throws IOException {
        offsite.route(
                "listen.camel.yaml",
                """
                - route:
                    from:
                      uri: offsite:events
                      parameters:
                        types: stale,fresh
                      steps:
                        - convertBodyTo:
                            type: String
                        - to: "file:%s?fileName=told&fileExist=Append&appendChars=\\\\n"
                """
                        .formatted(folder));
    }

    @Test
    void aJobThatNeverShippedIsNamedInOneLine() throws IOException {
        Result stale = ends(ExitCode.FAILED, "db: STALE: no copy was ever verified", "status");
        assertThat(stale.out().lines().filter(line -> line.startsWith("db: "))).hasSize(1);

        offsite.unset("offsite.max-age").unset("camel.routeTemplate[db].max-age");
        Result untried = ends(ExitCode.FAILED, "db: no copy was ever verified; to ship: offsite ship db", "status");
        assertThat(untried.out().lines().filter(line -> line.startsWith("db: ")))
                .hasSize(1);
        assertThat(offsite.state()).doesNotExist();
    }

    @Test
    void aRunThatCannotBeRememberedSaysSo() throws IOException {
        offsite.backup("a", "0123456789");
        Files.createDirectories(offsite.state());
        Files.writeString(offsite.state().resolve("history"), "in the way of the folder");

        Result shipped = ends(ExitCode.OK, "1 file shipped", "ship");

        assertThat(shipped.err().lines())
                .filteredOn(line -> line.contains("db: this ship is not in the history and in the status: "))
                .singleElement()
                .asString()
                .contains("WARN", offsite.state().resolve("history").toString());
    }

    /** Whoever restores reads the result; no later run would say that it is over. A drill is what tells you. */
    @Test
    void aFailedRestoreIsRememberedAndNoTrouble() throws IOException {
        offsite.backup("a", "0123456789");
        ends(ExitCode.OK, "1 file shipped", "ship");
        offsite.set("offsite.notify[ops].to", "file:" + folder.resolve("messages"));
        String[] restore = {
            "restore", "db", "no-such-file", "--to", folder.resolve("to").toString()
        };
        Result failed = offsite.run(restore);
        assertThat(failed.exit()).as("%s", failed).isNotZero();

        JsonObject history =
                Jsoner.deserialize(ends(ExitCode.OK, "{", "history", "--json").out(), new JsonObject());
        assertThat(history.toJson()).contains("\"verb\":\"restore\",\"result\":\"failed\"");
        ends(ExitCode.OK, "restore FAILED", "status");
        ends(ExitCode.OK, "nothing new", "ship");
        assertThat(folder.resolve("messages")).doesNotExist();
    }

    @Test
    void aShippedJobIsWell() throws IOException {
        offsite.backup("a", "0123456789");
        ends(ExitCode.OK, "1 file shipped", "ship");
        ends(ExitCode.OK, "all unchanged", "scrub");
        clock.move(Duration.ofHours(5));

        Result told = ends(ExitCode.OK, "5 h ago", "status");
        assertThat(told.out()).contains("26 h", "scrub ok", "nothing", "100%", "10 B");
        JsonObject job = status(ExitCode.OK);
        assertThat(job.getBoolean("well")).isTrue();
        assertThat(job.getLong("ageSeconds")).isBetween(18_000L, 18_100L);
        assertThat(job.getLong("maxAgeSeconds")).isEqualTo(93_600);
        assertThat(job.getLong("copies")).isEqualTo(1);
        assertThat(job.getLong("freeBytes")).isPositive();
        assertThat(job.getMap("runs").get("ship")).asString().contains("result=ok");
    }

    @Test
    void itWorksWhileAServiceRunsAndLogsInNowhere() throws IOException {
        Files.delete(offsite.state().resolveSibling("routes").resolve("clock.camel.yaml"));
        offsite.backup("a", "a");
        try (Running service = offsite.start("serve")) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> Files.exists(offsite.state().resolve("db.memory")));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> offsite.run("status").exit() == ExitCode.OK);
            server.close();
            ends(ExitCode.OK, "ago", "status");
            ends(ExitCode.OK, "ship", "history");
            assertThat(service.process().isAlive()).isTrue();
        }
    }

    /** On a clock that is moved: three days without a backup. */
    @Test
    void aJobThatShipsNothingIsNamedAndClearsByItself() throws IOException {
        listen();
        offsite.backup("a", "a");
        ends(ExitCode.OK, "shipped", "ship");
        clock.move(DAY);
        ends(ExitCode.OK, "db: nothing new\n", "ship");
        assertThat(events()).isEmpty();

        clock.move(DAY.multipliedBy(3));
        String stale = "no new copy was verified for 3 d, and max-age is 26 h";
        ends(ExitCode.FAILED, "db: nothing new, but " + stale, "ship");
        ends(ExitCode.FAILED, "db: STALE: " + stale, "status");
        assertThat(status(ExitCode.FAILED).getBoolean("stale")).isTrue();
        clock.move(DAY.multipliedBy(4));
        ends(ExitCode.FAILED, "no new copy was verified for 4 d", "ship");
        assertThat(events()).containsExactly("stale");

        // Verifying the old copies again makes the backup no newer.
        ends(ExitCode.OK, "all unchanged", "scrub");
        ends(ExitCode.FAILED, stale.replace("3 d", "4 d"), "status");

        offsite.backup("b", "b");
        ends(ExitCode.OK, "1 file shipped", "ship");
        ends(ExitCode.OK, "0 s ago", "status");
        assertThat(events()).containsExactly("stale", "fresh");
    }

    @Test
    void aCopyRepairedByAScrubMakesTheBackupNoNewer() throws IOException {
        offsite.backup("a", "a");
        ends(ExitCode.OK, "shipped", "ship");
        clock.move(DAY.multipliedBy(3));
        Files.writeString(offsite.dated().resolve("a"), "b");
        ends(ExitCode.FAILED, "shipped again", "scrub");
        ends(ExitCode.FAILED, "no new copy was verified for 3 d", "status");
    }

    @Test
    void aClockThatWasSetBackIsNamed() throws IOException {
        clock.move(DAY.multipliedBy(400));
        offsite.backup("a", "a");
        ends(ExitCode.OK, "shipped", "ship");
        clock.move(Duration.ZERO);
        ends(ExitCode.FAILED, "which is in the future: is the clock of this machine right", "status");
        ends(ExitCode.FAILED, "which is in the future", "ship");
    }

    @Test
    void aStateOfAnEarlierVersionTellsWhenTheLastCopyWasVerified() throws IOException {
        offsite.backup("a", "a");
        ends(ExitCode.OK, "shipped", "ship");
        Files.delete(offsite.state().resolve("db.memory"));
        ends(ExitCode.OK, "s ago", "status");
        clock.move(DAY.multipliedBy(3));
        ends(ExitCode.FAILED, "no new copy was verified for", "ship");
        Files.writeString(offsite.state().resolve("db.memory"), "{\"known\":");
        ends(ExitCode.FAILED, "no new copy was verified for", "status");
    }

    @Test
    void whatFailedIsNamedUntilItIsOver() throws IOException {
        offsite.backup("a", "a");
        int port = server.port();
        server.close();
        ends(ExitCode.TARGET, "cannot be reached", "ship");
        clock.move(Duration.ofHours(2));
        ends(ExitCode.TARGET, "cannot be reached", "ship");

        Result told = ends(ExitCode.FAILED, "db: FAILED: ship: ", "status");
        assertThat(told.out())
                .contains(
                        "cannot be reached", "(for 2 h); run: offsite doctor db", "FAILED, 0 s ago", "1 file, for 2 h");
        JsonArray troubles = (JsonArray) status(ExitCode.FAILED).get("troubles");
        assertThat(troubles.toJson()).contains("\"kind\":\"failed\"", "\"command\":\"offsite doctor db\"");
        assertThat(port).isPositive();
    }

    @Test
    void aDryRunThatFailsLeavesNoTrace() throws IOException {
        offsite.backup("a", "a");
        ends(ExitCode.OK, "shipped", "ship");
        server.close();
        ends(ExitCode.TARGET, "cannot be reached", "prune", "--dry-run");
        assertThat(ends(ExitCode.OK, "s ago", "status").out()).doesNotContain("FAILED");
    }

    @Test
    void damageIsNamed() throws IOException {
        offsite.backup("a", "a");
        ends(ExitCode.OK, "shipped", "ship");
        Files.delete(offsite.source().resolve("a"));
        Files.delete(offsite.dated().resolve("a"));
        ends(ExitCode.FAILED, "missing", "scrub");
        ends(ExitCode.FAILED, "db: DAMAGED: 1 copy is missing or damaged on the server", "status");
        JsonArray debts = (JsonArray) status(ExitCode.FAILED).get("debts");
        assertThat(debts.toJson()).contains("\"state\":\"missing\"", "\"name\":\"a\"");
        ends(ExitCode.OK, "given up", "scrub", "--forget", "db");
        ends(ExitCode.FAILED, "scrub: 1 copy is bad", "status");
        ends(ExitCode.OK, "", "scrub");
        ends(ExitCode.OK, "scrub ok", "status");
    }

    @Test
    void historyHasEachRun() throws IOException {
        offsite.backup("a", "0123456789");
        ends(ExitCode.OK, "shipped", "ship");
        ends(ExitCode.OK, "nothing new", "ship");
        ends(ExitCode.OK, "nothing new", "ship");
        ends(ExitCode.OK, "", "scrub");
        ends(ExitCode.OK, "", "prune");
        ends(ExitCode.OK, "passed", "drill");
        ends(ExitCode.OK, "restored", "restore", "db", "--to", "back");
        server.close();
        ends(ExitCode.TARGET, "", "restore", "db", "--to", "again");
        StateFolder state = new StateFolder(offsite.state());
        Path month = state.path().resolve(new History(state).months("db").get(0).name());
        Files.writeString(month, Files.readString(month) + "\n{\"job\":\"db\",\"verb\":\"sh\u0000");

        List<String> runs = ends(ExitCode.OK, "RESULT", "history", "db")
                .out()
                .lines()
                .skip(1)
                .map(line -> line.replaceAll("^\\S+ \\S+ +db +(\\w+) +(\\w+) .*", "$1 $2"))
                .toList();
        assertThat(runs)
                .containsExactly(
                        "ship ok",
                        "prune nothing",
                        "ship nothing",
                        "scrub ok",
                        "prune nothing",
                        "drill ok",
                        "restore ok",
                        "restore FAILED");
        ends(ExitCode.OK, "\"verb\":\"ship\",", "history", "--json", "--since", "1d");
        clock.move(DAY.multipliedBy(40));
        ends(ExitCode.OK, "nothing ran since 30d", "history");
        ends(ExitCode.OK, "restore", "history", "--since", "2m");
        ends(ExitCode.CONFIGURATION, "'soon' is neither a period", "history", "--since", "soon");
        ends(ExitCode.CONFIGURATION, "there is no job 'dc'; did you mean", "history", "dc");
    }

    @Test
    void configNamesTheJobsThatNobodyIsToldOf() {
        assertThat(ends(ExitCode.OK, "max-age", "config").out()).doesNotContain("# no max-age");
        offsite.unset("camel.routeTemplate[db].max-age");
        ends(ExitCode.OK, "# no max-age, so nobody is told when nothing is shipped any more: db", "config");
        offsite.set("offsite.max-age", "2d");
        assertThat(ends(ExitCode.OK, "max-age=2d", "config").out()).doesNotContain("# no max-age");
    }
}
