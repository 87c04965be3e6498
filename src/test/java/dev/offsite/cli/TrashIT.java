package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is pruned can be brought back for a while, and then goes, and nothing else does. */
@RequiresSshd
@Timeout(300)
class TrashIT {
    @TempDir
    static Path sshd;

    static OpenSshServer server;

    @TempDir
    Path folder;

    private TestSite offsite;
    private Path trash;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(sshd.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server).job("keep", "1");
        trash = offsite.root().resolve(".trash");
        for (int day = 1; day <= 3; day++) {
            dated("2020010" + day);
        }
    }

    private void dated(String name) throws IOException {
        Path dated = Files.createDirectories(offsite.root().resolve(name));
        Files.writeString(dated.resolve("dump"), name);
        Files.writeString(Files.createDirectories(dated.resolve("sub")).resolve("it's \"x\" $(y) *"), name);
        Files.writeString(dated.resolve(Manifest.NAME), "");
    }

    private void prune() {
        Result result = offsite.run("prune");
        assertThat(result.exit()).as("%s", result).isZero();
    }

    private static void movedAgo(Path trash, String name, Duration ago) throws IOException {
        Files.writeString(trash.resolve(".since-" + name), Instant.now().minus(ago) + "\n");
    }

    @Test
    void whatWasPrunedComesBackAsItWas() {
        Map<String, String> before = offsite.remote();
        prune();
        assertThat(offsite.folders()).hasSize(1);

        Result one = offsite.run("prune", "--undo", "2020-01-02");

        assertThat(one.exit()).as("%s", one).isZero();
        assertThat(one.out()).contains("db  20200102  brought back", "The next prune removes again");
        assertThat(offsite.folders()).hasSize(2);

        Result all = offsite.run("prune", "--undo", "db");

        assertThat(all.exit()).as("%s", all).isZero();
        assertThat(all.out()).contains("db  20200101  brought back").doesNotContain("20200102");
        assertThat(trash).isEmptyDirectory();
        Map<String, String> after = offsite.remote();
        after.remove(".trash");
        assertThat(after).isEqualTo(before);
        assertThat(offsite.run("prune", "--undo").out()).isEqualTo("db: there is nothing in the trash%n".formatted());
    }

    @Test
    void nothingIsReplacedByWhatComesBack() throws IOException {
        prune();
        dated("20200101");
        Files.writeString(offsite.root().resolve("20200101/dump"), "newer");

        Result result = offsite.run("prune", "--undo");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("20200101 not brought back: ", "is there again; move it away first");
        assertThat(result.out()).contains("db  20200102  brought back");
        assertThat(offsite.root().resolve("20200101/dump")).hasContent("newer");
        assertThat(trash.resolve("20200101/dump")).hasContent("20200101");

        // The second of its name goes beside the first, and is the one that comes back.
        prune();
        assertThat(trash.resolve("20200101.2/dump")).hasContent("newer");
        assertThat(offsite.run("prune", "--undo", "20200101").exit()).isZero();
        assertThat(offsite.root().resolve("20200101/dump")).hasContent("newer");
        assertThat(trash.resolve("20200101/dump")).hasContent("20200101");
    }

    @Test
    void aDayThatIsNotThereIsNamed() {
        prune();

        Result missing = offsite.run("prune", "--undo", "20200109");
        Result wrong = offsite.run("prune", "--undo", "yesterday");

        assertThat(missing.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err()).contains("there is no folder of 20200109 in the trash");
        assertThat(wrong.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(wrong.err()).contains("'yesterday' is neither a day such as 20260131 nor a job");
        assertThat(offsite.run("prune", "--undo", "--dry-run").exit()).isEqualTo(ExitCode.CONFIGURATION);
    }

    @Test
    void itGoesAfterTheTimeOfGraceAndWhatIsOfUnknownAgeAfterThat() throws IOException {
        prune();
        movedAgo(trash, "20200101", Duration.ofDays(7).plusMinutes(1));
        movedAgo(trash, "20200102", Duration.ofDays(7).minusMinutes(10));
        Files.createDirectories(trash.resolve("20191231/x"));
        Files.createDirectories(trash.resolve("mine"));
        Files.createFile(trash.resolve("20191230"));

        prune();

        assertThat(trash.toFile().list())
                .containsExactlyInAnyOrder(
                        "20200102", ".since-20200102", "20191231", ".since-20191231", "mine", "20191230");
    }

    /** Cut after it began to delete: what is half deleted does not come back, and the next prune goes on. */
    @Test
    void aPurgeThatWasCutIsFinishedAndHalfAFolderDoesNotComeBack() throws IOException {
        prune();
        Path half = trash.resolve(".purging-0123456789abcdef-20200101");
        Files.move(trash.resolve("20200101"), half);
        Files.delete(half.resolve("dump"));
        Files.delete(half.resolve(Manifest.NAME));

        assertThat(offsite.run("prune", "--undo", "20200101").exit()).isEqualTo(ExitCode.FAILED);
        prune();

        assertThat(half).doesNotExist();
        assertThat(trash.resolve(".since-20200101")).doesNotExist();
        assertThat(trash.resolve("20200102/dump")).exists();
    }

    @Test
    void symbolicLinksAreNeverFollowed() throws IOException {
        Path outside = Files.createDirectories(folder.resolve("server/outside/20200101"));
        Files.writeString(outside.resolve("precious"), "x");
        offsite.job("trash", "0").job("root", offsite.root() + " it's \"x\"; rm -rf *");
        Path root = offsite.root().resolveSibling("db it's \"x\"; rm -rf *");
        Files.move(offsite.root(), root);
        Files.createSymbolicLink(root.resolve("20200101/link"), outside);
        Files.createDirectories(root.resolve(".trash"));
        Files.createSymbolicLink(root.resolve(".trash/20200109"), outside);

        prune();

        assertThat(outside.resolve("precious")).exists();
        assertThat(root.resolve(".trash/20200109")).isSymbolicLink();
        assertThat(root.resolve(".trash").toFile().list()).hasSize(1);
    }

    /** Old backups of Windows machines have such. Beside them the names that they would be mistaken for. */
    @Test
    void namesThatAreNoUtf8AreRemovedWhereTheServerRunsNoCommands() throws IOException {
        Path dated = offsite.root().resolve("20200101");
        String make = "mkdir \"$(printf 'gr\\303\\237n\\374')\" \"$(printf '\\377')\" && touch \"$(printf 'gr\\374n')\""
                + " \"$(printf '\\377/\\303')\" \"$(printf '\\355\\260\\200')\" '\uFFFD' 'gr\uFFFDn'";
        Result made = TestSite.tool(dated, "sh", "-c", make);
        assertThat(made.exit()).as("%s", made).isZero();
        try (OpenSshServer noCommands =
                OpenSshServer.start(folder.resolve("no commands"), "ForceCommand internal-sftp")) {
            offsite.target(noCommands).job("trash", "0");

            prune();
        }
        assertThat(offsite.root().toFile().list()).containsExactlyInAnyOrder("20200103", ".trash", ".offsite-owner");
        assertThat(trash).isEmptyDirectory();
    }

    /** Invariant 10: it would be two commands and a comment. */
    @Test
    void aRootIsNoCommand() throws IOException {
        Path pwned = folder.resolve("pwned");
        Path root = Path.of(offsite.root() + ";touch " + pwned + ";#");
        Files.createDirectories(root.getParent());
        Files.move(offsite.root(), root);
        offsite.job("trash", "0").job("root", root.toString());

        prune();

        assertThat(pwned).doesNotExist();
        assertThat(root.toFile().list()).containsExactlyInAnyOrder("20200103", ".trash", ".offsite-owner");
        assertThat(root.resolve(".trash")).isEmptyDirectory();
    }

    @Test
    void aTrashThatIsALinkIsRefusedByName() throws IOException {
        Path elsewhere = Files.createDirectories(folder.resolve("server/elsewhere/20200105"));
        Files.createSymbolicLink(trash, elsewhere.getParent());
        offsite.job("trash", "0");
        Map<String, String> before = offsite.remote();

        for (List<String> arguments : List.of(List.of("prune"), List.of("prune", "--undo"))) {
            Result result = offsite.run(arguments.toArray(String[]::new));

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.err())
                    .contains(".trash is there and is no folder")
                    .doesNotContain("Exception");
        }
        assertThat(offsite.remote()).isEqualTo(before);
        assertThat(elsewhere).exists();
    }
}
