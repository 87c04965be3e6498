package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever holds the server replaces a copy, and its line in {@code SHA256SUMS} to match. */
@RequiresSshd
@Timeout(120)
class RewrittenListIT {
    private static final String FORGED = "SHA256SUMS lists other bytes for it than were verified from here on ";

    private static OpenSshServer server;

    @TempDir
    private Path folder;

    private TestSite offsite;
    private Path dated;

    @BeforeAll
    static void startServer(@TempDir Path home) throws IOException {
        server = OpenSshServer.start(home);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void ship() throws IOException {
        offsite = TestSite.of(folder, server).job("ready", "1s");
        offsite.backup("forged", "what was backed up");
        offsite.backup("other", "other");
        assertThat(offsite.run("ship").exit()).isZero();
        dated = offsite.folders().get(0);
    }

    private void rewrite(String content) throws Exception {
        Files.writeString(dated.resolve("forged"), content);
        Process sums = new ProcessBuilder("sh", "-c", "sha256sum forged other > SHA256SUMS")
                .directory(dated.toFile())
                .start();
        assertThat(sums.waitFor()).isZero();
    }

    private Result restore(String to, String... options) {
        String[] words = new String[4 + options.length];
        words[0] = "restore";
        words[1] = "db";
        words[2] = "--to";
        words[3] = folder.resolve(to).toString();
        System.arraycopy(options, 0, words, 4, options.length);
        return offsite.run(words);
    }

    @Test
    void aScrubNamesItAndShipsTheFileAgain() throws Exception {
        rewrite("what somebody else would like to be restored");

        Result found = offsite.run("scrub");

        assertThat(found.exit()).as("%s", found).isEqualTo(ExitCode.FAILED);
        assertThat(found.out())
                .contains("db  rewritten  %s/forged: %s".formatted(dated.getFileName(), FORGED))
                .contains("db: 1 rewritten of 2 copies", ", 1 put right");
        assertThat(dated.resolve("forged")).hasContent("what was backed up");
        offsite.assertAllOffsite();
        Result clean = offsite.run("scrub");
        assertThat(clean.exit()).as("%s", clean).isZero();
        assertThat(offsite.run("ship").exit()).isZero();
    }

    @Test
    void aCopyThatIsAsItWasIsListedAgain() throws Exception {
        Path sums = dated.resolve("SHA256SUMS");
        String before = Files.readString(sums);
        rewrite("another");
        Files.writeString(dated.resolve("forged"), "what was backed up");
        Files.delete(offsite.source().resolve("forged"));

        Result found = offsite.run("scrub");

        assertThat(found.out()).as("%s", found).contains(", 1 put right");
        assertThat(sums).hasContent(before);
        assertThat(offsite.run("scrub").exit()).isZero();
    }

    @Test
    void whatCannotBePutRightIsADebtUntilItIsGivenUp() throws Exception {
        rewrite("another");
        Files.delete(offsite.source().resolve("forged"));

        Result verified = offsite.run("verify", "db");

        assertThat(verified.exit()).as("%s", verified).isEqualTo(ExitCode.FAILED);
        assertThat(verified.out()).contains("db  rewritten  ", FORGED);
        assertThat(offsite.run("scrub").exit()).isEqualTo(ExitCode.FAILED);
        assertThat(offsite.run("scrub").out()).as("found again").contains("db  rewritten  ");
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        assertThat(dated.resolve("forged")).hasContent("another");

        assertThat(offsite.run("scrub", "--forget", "db").exit()).isZero();
        assertThat(offsite.run("scrub").exit()).isZero();
        assertThat(restore("after").exit()).isZero();
    }

    @Test
    void aRestoreRefusesItUnlessItIsToldOtherwise() throws Exception {
        rewrite("another");

        Result refused = restore("refused");

        assertThat(refused.exit()).as("%s", refused).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("forged NOT restored: " + FORGED, "--unverified");
        assertThat(folder.resolve("refused/forged")).doesNotExist();
        assertThat(folder.resolve("refused/other")).hasContent("other");
        assertThat(offsite.run("list", "db").out()).contains("1 rewritten");
        assertThat(offsite.run("drill", "db").exit()).isEqualTo(ExitCode.FAILED);

        Result told = restore("told", "--unverified");
        assertThat(told.exit()).as("%s", told).isZero();
        assertThat(folder.resolve("told/forged")).hasContent("another");
    }

    /** A new version of a file is no forgery. */
    @Test
    void aFileThatChangedHereIsShippedAgain() throws IOException {
        offsite.backup("forged", "a newer one");
        assertThat(offsite.run("ship").exit()).isZero();

        assertThat(offsite.run("scrub").exit()).isZero();
        assertThat(restore("newer").exit()).isZero();
        assertThat(folder.resolve("newer/forged")).hasContent("a newer one");
    }

    @Test
    void anOlderVersionThatIsPutBackIsFoundToo() throws Exception {
        offsite.backup("forged", "a newer one");
        assertThat(offsite.run("ship").exit()).isZero();
        rewrite("what was backed up");

        assertThat(offsite.run("scrub").out()).contains("db  rewritten  ", ", 1 put right");
        assertThat(dated.resolve("forged")).hasContent("a newer one");
    }

    /** Cut between {@code SHA256SUMS} and the log here: as after a kill at that moment. */
    @Test
    void aRunThatWasCutLooksLikeNoForgery() throws IOException {
        Path log = log();
        String before = Files.readString(log);
        offsite.backup("forged", "a newer one");
        assertThat(offsite.run("ship").exit()).isZero();
        String after = Files.readString(log);
        List<String> added = after.substring(before.length()).lines().toList();
        assertThat(added).filteredOn(line -> line.contains(" given-up ")).hasSize(1);
        Files.writeString(
                log,
                before
                        + added.stream()
                                .filter(line -> line.contains(" given-up "))
                                .findFirst()
                                .orElseThrow() + "\n");

        assertThat(restore("newer").exit()).isZero();
        assertThat(offsite.run("list", "db").out()).doesNotContain("rewritten");
        assertThat(offsite.run("scrub").exit()).isZero();
    }

    private Path log() throws IOException {
        try (Stream<Path> files = Files.walk(offsite.state().resolve("verifications"))) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9]{8}"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
