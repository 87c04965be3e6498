package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.manifest.Manifest;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 8: what is known to be lost or wrong is in the exit code of every run, until it is gone or given up. */
@RequiresSshd
@Timeout(180)
class DebtsIT {

    private static OpenSshServer server;

    @TempDir
    private Path folder;

    private TestSite offsite;

    @BeforeAll
    static void startServer(@TempDir Path home) throws IOException {
        server = OpenSshServer.start(home);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server);
        offsite.backup("lost", "lost");
        offsite.backup("kept", "kept");
        assertThat(offsite.run("ship").exit()).isZero();
    }

    private void ends(int exit, String text, String... verb) {
        Result result = offsite.run(verb);
        assertThat(result.exit()).as("%s: %s", List.of(verb), result).isEqualTo(exit);
        assertThat(result.out() + result.err()).contains(text);
    }

    @Test
    void aDebtIsSaidByEachRunUntilItIsGivenUp() throws IOException {
        Path dated = offsite.dated();
        String day = dated.getFileName().toString();
        Files.delete(offsite.source().resolve("lost"));
        Files.delete(dated.resolve("lost"));
        Files.delete(dated.resolve(Manifest.NAME));

        ends(ExitCode.FAILED, "missing    %s/lost".formatted(day), "scrub");

        String debt = "1 copy is missing or damaged on the server (%s/lost missing since".formatted(day);
        for (String prune : List.of("always", "never")) {
            offsite.job("prune", prune);
            ends(ExitCode.FAILED, "db: nothing new, but " + debt, "ship");
            ends(ExitCode.FAILED, debt, "scrub");
            ends(ExitCode.FAILED, debt, "prune");
            ends(ExitCode.OK, "db", "list");
        }
        offsite.backup("new", "new");
        ends(ExitCode.FAILED, debt, "ship");
        ends(ExitCode.FAILED, "nothing of %s/other is known".formatted(day), "scrub", "--forget", "db", day + "/other");
        ends(ExitCode.CONFIGURATION, "name the job", "scrub", "--forget");
        ends(ExitCode.FAILED, "\"state\":\"missing\"", "scrub", "--json");

        Result forgotten = offsite.run("scrub", "--forget", "db", day + "/lost");

        assertThat(forgotten.exit()).as("%s", forgotten).isZero();
        assertThat(forgotten.out()).contains("db  given up  %s/lost missing since".formatted(day));
        assertThat(forgotten.err()).contains("WARN", "given up: %s/lost".formatted(day));
        ends(ExitCode.OK, "nothing new", "ship");
        ends(ExitCode.OK, "all unchanged", "scrub");
        ends(ExitCode.OK, "", "prune");
    }

    /** The ledger says that it was shipped, the server says that it is not there. */
    @Test
    void whatIsStillHereIsShippedAgainAndThenAllIsWell() throws IOException {
        Files.delete(offsite.dated().resolve("lost"));
        Files.writeString(offsite.dated().resolve(Manifest.NAME), "");

        ends(ExitCode.FAILED, "shipped again and verified", "scrub");

        ends(ExitCode.OK, "nothing new", "ship");
        ends(ExitCode.OK, "all unchanged", "scrub");
        offsite.assertAllOffsite();
    }

    @Test
    void aShipNoticesALineThatIsGone() throws IOException {
        Path manifest = offsite.dated().resolve(Manifest.NAME);
        Files.writeString(manifest, Files.readString(manifest).replaceAll("(?m)^.*lost\n", ""));
        offsite.backup("new", "new");

        ends(ExitCode.FAILED, "is no longer listed in SHA256SUMS, such as lost", "ship");

        ends(ExitCode.FAILED, "1 copy is missing or damaged on the server", "ship");
    }

    @Test
    void aShipIntoANewFolderNoticesThatTheNewestOfTheOthersIsGone() throws IOException {
        String day = offsite.dated().getFileName().toString();
        String before = "20200101";
        try (var files = Files.walk(offsite.state().resolve("verifications"))) {
            Path log = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            Files.move(log, log.resolveSibling(log.getFileName().toString().replace(day, before)));
        }
        Files.move(offsite.dated(), folder.resolve("somewhere else"));
        offsite.backup("new", "new");

        ends(ExitCode.FAILED, before + " are gone with the folder, such as ", "ship");

        ends(ExitCode.FAILED, "2 copies are missing or damaged on the server", "ship");
    }

    @Test
    void whatAPersonGaveUpByHandBeforeStaysGivenUp() throws IOException {
        Path dated = offsite.dated();
        Path log = offsite.state().resolve("verifications");
        try (var files = Files.walk(log)) {
            Path file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            Files.writeString(file, Files.readString(file).replaceAll("(?m) hash (.*lost)$", " damaged $1"));
        }
        Files.delete(offsite.source().resolve("lost"));
        Files.delete(dated.resolve("lost"));
        String manifest = Files.readString(dated.resolve(Manifest.NAME));
        Files.writeString(dated.resolve(Manifest.NAME), manifest.replaceAll("(?m)^.*lost\n", ""));

        ends(ExitCode.OK, "all unchanged", "scrub");
    }

    @Test
    void aSuspiciouslySmallCopyIsSaidByEachRunUntilItIsAcknowledged() throws IOException {
        for (int day = 1; day <= 4; day++) {
            Path older = Files.createDirectories(offsite.root().resolve("2020010" + day));
            Files.writeString(older.resolve("dump"), "x".repeat(1000));
            Files.writeString(older.resolve(Manifest.NAME), "");
        }
        offsite.backup("dump", "tiny");
        ends(ExitCode.FAILED, "has only 4 B", "ship");

        ends(ExitCode.FAILED, "nothing new, but ", "ship");
        ends(ExitCode.FAILED, "offsite prune --acknowledge db", "scrub");
        ends(ExitCode.OK, "acknowledged", "prune", "--acknowledge");

        ends(ExitCode.OK, "nothing new", "ship");
    }

    @Test
    void whatOffsitePrunedItselfIsNoDebtWhereverTheRunWasCut() throws IOException {
        Files.move(offsite.today(), offsite.root().resolve("20200101"));
        try (var files = Files.walk(offsite.state().resolve("verifications"))) {
            Path file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            Files.move(file, file.resolveSibling("20200101"));
        }
        offsite.job("keep", "1").job("trash", "0").backup("new", "new");

        ends(ExitCode.OK, "1 file shipped", "ship");

        assertThat(offsite.root().resolve("20200101")).doesNotExist();
        ends(ExitCode.OK, "all unchanged", "scrub");
    }

    /** Not the target's fault, in the run that finds it as in the one that cleans up after that. */
    @Test
    void aDamagedManifestIsOneFailedFolder() throws IOException {
        Files.writeString(offsite.dated().resolve(Manifest.NAME), "garbled\n");
        offsite.backup("new", "new");
        offsite.backup("newer", "newer");
        for (int i = 0; i < 2; i++) {
            Result ship = offsite.run("ship");
            assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.FAILED);
            assertThat(ship.complaints())
                    .as("%s", ship)
                    .singleElement()
                    .asString()
                    .contains("SHA256SUMS is damaged");
        }
    }

    /** Each of its runs knows it, but who reads the log need not be told every second. */
    @Test
    void theServiceSaysItOnceADay() throws IOException {
        Files.writeString(offsite.state().resolve("db.status"), "OK\ndamage 20200106/dump differs\n");
        offsite.job("poll", "1s").job("ready", "1s");
        String damage = "copies on the server are damaged (20200106/dump differs)";
        try (Running service = offsite.start("serve")) {
            for (String name : List.of("first", "second")) {
                offsite.backup(name, name);
                await().atMost(Duration.ofSeconds(60)).until(() -> service.err().contains("db: " + name + " -> "));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> service.err().contains(damage));
            offsite.backup("third", "third");
            await().atMost(Duration.ofSeconds(60)).until(() -> service.err().contains("db: third -> "));
            assertThat(service.err()).containsOnlyOnce(damage);
        }
    }
}
