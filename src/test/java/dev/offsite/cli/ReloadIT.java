package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service follows what is written while it runs. */
@RequiresSshd
@Timeout(180)
class ReloadIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private OpenSshServer server;
    private Proxy proxy;
    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        proxy = new Proxy(server);
        offsite = TestSite.of(folder, server).through(proxy).job("poll", "200ms");
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void aNewJobIsServedBesideTheOthers() throws IOException {
        try (Running serving = serve()) {
            addWiki();
            offsite.configuration();
            awaitLine(serving, "changed: application.properties", "serving db, wiki", "applied");
            wiki("pages", "the wiki's");
            offsite.backup("dump", "the database's");
            awaitLine(serving, "wiki: pages -> ", "db: dump -> ");
            endsWell(serving);
        }
    }

    @Test
    void aJobThatIsChangedGoesByWhatItSaysNow() throws IOException {
        offsite.job("poll", "1h");
        offsite.backup("first", "one");
        try (Running serving = serve()) {
            awaitLine(serving, "db: first -> " + offsite.root());
            offsite.job("poll", "200ms").job("root", offsite.root() + "-new").configuration();
            awaitLine(serving, "db: first -> " + offsite.root() + "-new");
            offsite.backup("second", "two");
            awaitLine(serving, "db: second -> " + offsite.root() + "-new");
            endsWell(serving);
        }
    }

    @Test
    void aJobThatIsGoneIsServedNoMore() throws IOException {
        addWiki();
        try (Running serving = serve()) {
            wiki("first", "one");
            awaitLine(serving, "wiki: first -> ");
            offsite.unset("camel.routeTemplate[wiki]").configuration();
            awaitLine(serving, "applied");
            wiki("second", "two");
            // By then the other would have been seen, too.
            for (String name : List.of("a", "b", "c")) {
                offsite.backup(name, name);
                awaitLine(serving, "db: " + name + " -> ");
            }
            assertThat(serving.err()).doesNotContain("wiki: second");
            assertThat(serving.err().lines().filter(line -> line.contains("serving ")))
                    .last()
                    .asString()
                    .endsWith("serving db");
            endsWell(serving);
        }
    }

    @Test
    void aRouteOfTheUsersOwnIsTakenInAndLeavesAgain() throws IOException {
        try (Running serving = serve()) {
            Path route = offsite.route("notify.camel.yaml", notify("told", "${header.CamelOffsiteJob}"));
            awaitLine(serving, "changed: routes/notify.camel.yaml (new)\n", "applied");
            offsite.backup("first", "one");
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(folder.resolve("told")).exists().hasContent("db"));

            offsite.route("notify.camel.yaml", notify("told-more", "shipped ${body.files}"));
            awaitLine(serving, "changed: routes/notify.camel.yaml\n");
            await().atMost(SOON).until(() -> count(serving, "applied") == 2);
            offsite.backup("second", "two");
            await().atMost(SOON)
                    .untilAsserted(() ->
                            assertThat(folder.resolve("told-more")).exists().hasContent("shipped 1"));

            Files.delete(route);
            awaitLine(serving, "changed: routes/notify.camel.yaml (gone)\n");
            await().atMost(SOON).until(() -> count(serving, "applied") == 3);
            offsite.backup("third", "three");
            awaitLine(serving, "db: third -> ");
            endsWell(serving);
        }
        offsite.assertAllOffsite();
    }

    @Test
    void brokenPropertiesAreRefusedWithTheLinesOfConfig() throws IOException {
        try (Running serving = serve()) {
            offsite.target("port", "x").job("polll", "1s");
            refused(serving, 2);

            // Put right again: there is nothing to apply, and nothing is interrupted.
            offsite.target("port", String.valueOf(proxy.port()))
                    .unset("camel.routeTemplate[db].polll")
                    .configuration();
            awaitLine(serving, "nothing to apply");
            assertThat(count(serving, "serving ")).isEqualTo(1);
        }
    }

    @Test
    void aJobWhoseSourceIsMissingIsTakenInAndShipsWhenItIsThere() throws IOException {
        try (Running serving = serve()) {
            addWiki();
            Files.delete(folder.resolve("wiki"));
            offsite.configuration();
            awaitLine(serving, "serving db, wiki", "applied", "ERROR wiki: the source folder");
            offsite.backup("dump", "the database's");
            awaitLine(serving, "db: dump -> ");

            Files.createDirectories(folder.resolve("wiki"));
            wiki("pages", "the wiki's");
            awaitLine(serving, "wiki: pages -> ");
            serving.process().destroy();
            assertThat(serving.end().exit()).isZero();
        }
    }

    @Test
    void brokenRoutesAreRefusedWithTheLinesOfConfig() throws IOException {
        try (Running serving = serve()) {
            offsite.route("mine.camel.yaml", "- route:\n    from: {uri: direct:a\n");
            refused(serving, 1);
        }
    }

    @Test
    void anUnknownComponentIsRefusedWithTheLinesOfConfig() throws IOException {
        try (Running serving = serve()) {
            offsite.route("mine.camel.yaml", notify("told", "x").replace("file:", "nowhere:"));
            refused(serving, 1);
            assertThat(serving.err()).contains("nowhere");
        }
    }

    @Test
    void anotherStateFolderNeedsARestart() throws IOException {
        try (Running serving = serve()) {
            offsite.target("state", "elsewhere").configuration();
            awaitLine(serving, "offsite.state: a change", "needs a restart");
            offsite.backup("dump", "a dump");
            awaitLine(serving, "db: dump -> ");
            assertThat(folder.resolve("elsewhere")).doesNotExist();
            assertThat(offsite.target("state", "state").configuration()).exists();
            awaitLine(serving, "nothing to apply");
            serving.process().destroy();
            assertThat(serving.end().exit()).isZero();
        }
    }

    private static String twice(String id) {
        return """
                - route:
                    id: %s
                    from:
                      uri: direct:twice
                      steps:
                        - log:
                            message: "hello"
                """
                .formatted(id);
    }

    @Test
    void whatDoesNotStartGivesWayToWhatRanBefore() throws IOException {
        offsite.route("notify.camel.yaml", notify("told", "old"));
        try (Running serving = serve()) {
            offsite.route("notify.camel.yaml", notify("told", "new"));
            // A direct: endpoint allows one consumer.
            offsite.route("more.camel.yaml", twice("one") + twice("two"));
            awaitLine(serving, "ERROR not applied", "what ran before is started again");
            await().atMost(SOON).until(() -> count(serving, "serving db") == 2);
            offsite.backup("dump", "a dump");
            awaitLine(serving, "db: dump -> ");
            await().atMost(SOON)
                    .untilAsserted(
                            () -> assertThat(folder.resolve("told")).exists().hasContent("old"));
            serving.process().destroy();
            assertThat(serving.end().exit()).isZero();
        }
        offsite.assertAllOffsite();
    }

    @Test
    void aChangeBreaksNoTransferInFlight() throws IOException {
        threeBigOneAtATime();
        try (Running serving = serve()) {
            await().atMost(SOON).until(proxy::held);
            offsite.job("keep", "3").configuration();
            awaitLine(serving, "accepted");
            assertThat(serving.err()).doesNotContain("applied", " -> ");
            proxy.release();
            awaitLine(serving, "applied", "big 0 -> ", "big 1 -> ", "big 2 -> ");
            assertThat(serving.err().lines().filter(line -> line.contains(" -> ") || line.contains("applied")))
                    .as("what was in flight, the change, the others")
                    .satisfiesExactly(
                            line -> assertThat(line).contains(" -> "),
                            line -> assertThat(line).contains("applied"),
                            line -> assertThat(line).contains(" -> "),
                            line -> assertThat(line).contains(" -> "));
            assertThat(proxy.connectionsWith(3 << 19))
                    .as(
                            "the first attempt went on to its end, and those after the change over a connection of their own")
                    .isEqualTo(2);
            endsWell(serving);
        }
        offsite.assertAllOffsite();
    }

    @Test
    void aStopInTheMiddleOfAChangeFinishesWhatIsInFlight() throws IOException {
        threeBigOneAtATime();
        try (Running serving = serve()) {
            await().atMost(SOON).until(proxy::held);
            offsite.job("keep", "3").configuration();
            awaitLine(serving, "accepted");
            serving.process().destroy();
            awaitLine(serving, "stopping");
            proxy.release();
            Result end = serving.end();
            assertThat(end.exit()).as("%s", end).isZero();
            assertThat(end.complaints()).as("%s", end).isEmpty();
            assertThat(count(serving, " -> ")).as("%s", end).isEqualTo(1);
            assertThat(count(serving, "serving ")).as("%s", end).isEqualTo(1);
        }
        assertThat(offsite.parts()).isEmpty();
        assertThat(offsite.run("ship").out()).contains("2 files shipped");
        offsite.assertAllOffsite();
    }

    @Test
    void aHangUpAppliesAtOnce() throws IOException, InterruptedException {
        try (Running serving = serve()) {
            for (int i = 1; i <= 3; i++) {
                hangUp(serving);
                int times = i;
                await().atMost(SOON).until(() -> count(serving, "applied") == times);
                assertThat(count(serving, "SIGHUP")).isEqualTo(times);
                offsite.backup("dump " + i, "a dump");
                awaitLine(serving, "db: dump " + i + " -> ");
            }
            endsWell(serving);
        }
        offsite.assertAllOffsite();
    }

    private static void hangUp(Running serving) throws IOException, InterruptedException {
        String pid = String.valueOf(serving.process().pid());
        assertThat(new ProcessBuilder("kill", "-HUP", pid).inheritIO().start().waitFor())
                .isZero();
    }

    /** With what is written now: as {@code config} does, and the old goes on. */
    private void refused(Running serving, int problems) throws IOException {
        Result config = offsite.run("config");
        assertThat(config.exit()).as("%s", config).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(config.err().lines()).as("%s", config).hasSize(problems);
        awaitLine(serving, "refused");
        for (String line : config.err().lines().toList()) {
            awaitLine(serving, " ERROR " + line.replaceFirst("^offsite: ", ""));
        }
        offsite.backup("still.sql", "still shipped");
        awaitLine(serving, "db: still.sql -> " + offsite.root() + "/");
        assertThat(serving.err()).doesNotContain("applied");
        assertThat(offsite.run("config").out()).isEmpty();
    }

    private void threeBigOneAtATime() throws IOException {
        offsite.job("parallel", "1");
        byte[] big = new byte[2 << 20];
        new Random(1).nextBytes(big);
        for (int i = 0; i < 3; i++) {
            offsite.backup("big " + i, big);
        }
        proxy.holdAfter(1 << 20);
    }

    private void addWiki() throws IOException {
        Files.createDirectories(folder.resolve("wiki"));
        offsite.set("camel.routeTemplate[wiki].templateId", "ship")
                .set("camel.routeTemplate[wiki].source", "wiki")
                .set("camel.routeTemplate[wiki].root", offsite.root() + "-wiki")
                .set("camel.routeTemplate[wiki].poll", "200ms");
    }

    private void wiki(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve("wiki").resolve(name), content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
    }

    private String notify(String file, String text) {
        return """
                - route:
                    id: my-notify
                    from:
                      uri: offsite:events
                      steps:
                        - setBody:
                            simple: "%s"
                        - to: "file:%s?fileName=%s"
                """
                .formatted(text, folder, file);
    }

    private static void awaitLine(Running serving, String... parts) {
        await().atMost(SOON).untilAsserted(() -> assertThat(serving.err()).contains(parts));
    }

    private static long count(Running serving, String part) {
        return serving.err().lines().filter(line -> line.contains(part)).count();
    }

    private static void endsWell(Running serving) {
        serving.process().destroy();
        Result end = serving.end();
        assertThat(end.exit()).as("%s", end).isZero();
        assertThat(end.complaints()).as("%s", end).isEmpty();
    }

    private Running serve() {
        Running serving = offsite.start("serve");
        awaitLine(serving, "serving db");
        return serving;
    }
}
