package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The state folder is lost: what is off-site already is found again, and nothing else is taken for it. */
@RequiresSshd
@Timeout(180)
class LedgerRebuildIT {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite offsite;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server);
    }

    private void loseState() throws IOException {
        try (Stream<Path> all = Files.walk(offsite.state())) {
            for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    /** As if it had been shipped on another day. */
    private Path older() throws IOException {
        Path today = offsite.folders().get(0);
        return Files.move(today, today.resolveSibling("20200102"));
    }

    @Test
    void nothingThatIsThereAndVerifiedIsUploadedAgain() throws IOException {
        for (int i = 0; i < 20; i++) {
            offsite.backup("in/folder " + i + "/it's $(x)", "file " + i);
        }
        offsite.backup("same size", "one");
        offsite.backup("gone", "gone here");
        assertThat(offsite.run("ship").exit()).isZero();
        Path old = older();
        loseState();
        offsite.backup("same size", "two");
        offsite.backup("fresh", "new");
        Files.delete(offsite.source().resolve("gone"));
        Map<String, String> before = TestSite.tree(old);

        Result again = offsite.run("ship");

        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.out()).contains("db: 2 files shipped and verified");
        assertThat(again.err()).contains("20200102/in/folder 7/it's $(x) was there already, verified again (hash)");
        assertThat(TestSite.tree(old)).isEqualTo(before);
        assertThat(TestSite.tree(offsite.folders().get(1)).keySet())
                .containsExactlyInAnyOrder("SHA256SUMS", "fresh", "same size");
        assertThat(offsite.run("ship").out()).isEqualTo("db: nothing new\n");
    }

    @Test
    void aCopyThatWasDamagedMeanwhileIsShippedAgain() throws IOException {
        offsite.backup("a", "the file a");
        offsite.backup("b", "the file b");
        offsite.backup("c", "the file c");
        assertThat(offsite.run("ship").exit()).isZero();
        Path old = older();
        loseState();
        Files.writeString(old.resolve("b"), "the file B");
        Files.delete(old.resolve("c"));
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "the file c");
        Files.createSymbolicLink(old.resolve("c"), elsewhere);

        Result again = offsite.run("ship");

        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.out()).contains("db: 2 files shipped and verified");
        assertThat(offsite.folders().get(1).resolve("b")).hasContent("the file b");
        assertThat(offsite.folders().get(1).resolve("c")).hasContent("the file c");
    }

    @Test
    void eachJobFindsItsOwn() throws IOException {
        Path files = Files.createDirectories(offsite.source().resolve("files"));
        offsite.job(
                "source",
                Files.createDirectories(offsite.source().resolve("db")).toString());
        String other = "camel.routeTemplate[files].";
        offsite.set(other + "templateId", "ship")
                .set(other + "source", files.toString())
                .set(other + "root", offsite.root() + " files");
        offsite.backup("db/x", "same");
        offsite.backup("files/x", "same");
        assertThat(offsite.run("ship", "db").exit()).isZero();
        loseState();

        Result again = offsite.run("ship");

        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.out()).contains("db: nothing new").contains("files: 1 file shipped and verified");
    }

    @Test
    void aFileThatIsToGoAwayGoesOnceItsCopyIsVerifiedAgain() throws IOException {
        Path here = offsite.backup("x", "x");
        assertThat(offsite.run("ship").exit()).isZero();
        loseState();
        offsite.job("after", "delete");

        Result again = offsite.run("ship");

        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.out()).contains("db: nothing new");
        assertThat(here).doesNotExist();
        assertThat(offsite.folders().get(0).resolve("x")).hasContent("x");
    }

    @Test
    void aManifestThatCannotBeReadHidesNothing() throws IOException {
        offsite.backup("x", "x");
        assertThat(offsite.run("ship").exit()).isZero();
        Files.writeString(older().resolve("SHA256SUMS"), "no sums\n");
        loseState();

        Result again = offsite.run("ship");

        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.out()).contains("db: 1 file shipped and verified");
        assertThat(again.err()).contains("20200102 is of no help", "SHA256SUMS line 1");
    }
}
