package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No configuration ships nothing in silence, and what is wrong with one source is no matter to other jobs. */
@RequiresSshd
@Timeout(180)
class SourcesIT {

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        site = TestSite.of(folder, server);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String complaint(int exit) {
        Result result = site.run("ship");
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        assertThat(result.complaints()).as("%s", result).hasSize(exit == 0 ? 0 : 1);
        return result.complaints().isEmpty() ? "" : result.complaints().get(0) + "\n" + result.out();
    }

    private Path web() {
        Path source = folder.resolve("web");
        site.set("camel.routeTemplate[web].templateId", "ship")
                .set("camel.routeTemplate[web].source", source.toString())
                .set("camel.routeTemplate[web].root", site.root() + "-web")
                .set("camel.routeTemplate[web].poll", "100ms")
                .job("poll", "100ms");
        return source;
    }

    private static void old(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        TestSite.aged(Files.writeString(file, content), Duration.ofHours(1));
    }

    private static long copies(Path root) {
        return TestSite.tree(root).keySet().stream()
                .filter(name -> name.endsWith("/dump"))
                .count();
    }

    @Test
    void aMissingSourceFailsItsOwnJobAndNoOther() throws IOException {
        Path web = web();
        // Of two, the one that is missing comes first.
        site.set("camel.routeTemplate[a].templateId", "ship")
                .set("camel.routeTemplate[a].source", web + "/a")
                .set("camel.routeTemplate[a].root", site.root() + "-a");
        site.backup("dump", "a dump");
        old(web.resolve("dump"), "a page");

        String said = complaint(ExitCode.FAILED);

        assertThat(said)
                .contains(
                        "a: the source folder " + web + "/a is missing",
                        "a: 0 files shipped and verified, NOT all: the source folder",
                        "db: 1 file shipped",
                        "web: 1 file shipped");

        Files.createDirectory(web.resolve("a"));
        assertThat(complaint(ExitCode.OK)).isEmpty();
    }

    @Test
    void aSourceThatIsNoFolderFails() throws IOException {
        Files.delete(site.source());
        Files.writeString(site.source(), "a file");

        assertThat(complaint(ExitCode.FAILED)).contains("db: the source " + site.source() + " is no folder");
    }

    @Test
    void theServiceStartsWithoutASourceAndShipsWhenItAppears() throws IOException {
        Path web = web();
        site.backup("dump", "a dump");

        try (CamelApplication routes = CamelApplication.start(Configuration.load(site.configuration()), true)) {
            await().atMost(Duration.ofSeconds(30)).until(() -> copies(site.root()) == 1);
            assertThat(routes.services()
                            .statuses()
                            .last(routes.services().jobs().get("web")))
                    .hasToString("FAILED");

            Path ready = folder.resolve("not yet");
            old(ready.resolve("dump"), "a page");
            Files.move(ready, web);

            await().atMost(Duration.ofSeconds(30)).until(() -> copies(Path.of(site.root() + "-web")) == 1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "include|\"*.gz\"|include is in quotes",
                "exclude|\"*.tmp\"|exclude is in quotes",
                "include|*.gz|of 1 file in SOURCE, include=*.gz selects none",
                "exclude|**|of 1 file in SOURCE, exclude=** selects none",
                "done-file|${file:name}.done|of 1 file in SOURCE, none has its marker"
            })
    void whatSelectsNothingIsSaidInEveryRun(String key, String value, String problem) throws IOException {
        site.backup("dump.sql", "a dump");
        site.job(key, value);

        for (int run = 0; run < 2; run++) {
            assertThat(complaint(ExitCode.FAILED))
                    .contains(problem.replace("SOURCE", site.source().toString()));
        }
        // Nothing to select from is no mistake.
        Files.delete(site.source().resolve("dump.sql"));
        assertThat(complaint(value.startsWith("\"") ? ExitCode.FAILED : ExitCode.OK))
                .doesNotContain("selects none");
    }

    @Test
    void filesOnlyInSubfoldersThatAreNotLookedIntoAreSaid() throws IOException {
        site.backup("monday/dump", "a dump");
        site.job("recursive", "false");

        assertThat(complaint(ExitCode.FAILED)).contains("recursive=false selects none");
    }

    @Test
    void aPatternThatHasMatchedOnceIsRememberedAndAnotherIsNot() throws IOException {
        site.job("include", "*.gz").job("after", "delete");
        site.backup("readme", "not to be shipped");
        site.backup("dump.gz", "a dump");
        assertThat(complaint(ExitCode.OK)).isEmpty();
        assertThat(site.source().resolve("dump.gz")).doesNotExist();

        assertThat(complaint(ExitCode.OK)).isEmpty();

        site.job("include", "*.zst");
        assertThat(complaint(ExitCode.FAILED)).contains("include=*.zst selects none");
    }

    /** The build before remembered no patterns, but what it shipped is in the ledger. */
    @Test
    void whatWasShippedBeforePatternsWereRememberedCounts() throws IOException {
        site.job("include", "*.gz").job("after", "delete").job("done-file", "${file:name}.done");
        site.backup("readme", "not to be shipped");
        site.backup("dump.gz", "a dump");
        site.backup("dump.gz.done", "");
        assertThat(complaint(ExitCode.OK)).isEmpty();
        Files.delete(site.state().resolve("db.source"));
        site.backup("dump2.gz", "is being written");

        assertThat(complaint(ExitCode.OK)).isEmpty();
    }

    @Test
    void aSourceThatIsNoLongerMountedFails() throws Exception {
        String source = site.source().toString();
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", source), "a mount needs the right to do so");
        try {
            site.backup("dump", "a dump");
            assertThat(complaint(ExitCode.OK)).isEmpty();
        } finally {
            run("umount", source);
        }

        assertThat(complaint(ExitCode.FAILED)).contains(source + " is empty and no longer a mount point");

        site.backup("dump", "on the disk below");
        assertThat(complaint(ExitCode.OK)).isEmpty();
        Files.delete(site.source().resolve("dump"));
        assertThat(complaint(ExitCode.OK)).isEmpty();
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** A run that waited for it would take two minutes, which is more than a run may take here. */
    @Test
    void aFileFromTheFutureHoldsNoOtherUp() throws IOException {
        site.job("ready", "20s");
        site.backup("dump", "a dump");
        Path future = site.backup("from tomorrow", "another");
        Files.setLastModifiedTime(future, FileTime.from(Instant.now().plus(Duration.ofDays(1))));

        assertThat(complaint(ExitCode.FAILED)).contains("from tomorrow", "lies in the future", "1 file shipped");
        assertThat(List.of(site.dated().resolve("dump"))).allMatch(Files::exists);
    }
}
