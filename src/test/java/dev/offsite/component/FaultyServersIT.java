package dev.offsite.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.demo.EmbeddedServer.Exec.Result;
import dev.offsite.demo.Exec;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.FaultyFiles;
import dev.offsite.support.FaultyFiles.Fault;
import dev.offsite.support.Parts;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees of servers that do not do what they say; {@link LyingServersIT} has more of them. */
@Timeout(120)
class FaultyServersIT {
    @TempDir
    Path folder;

    @Test
    void ofAHundredFilesTheOneThatIsSpoiltFailsTheRunByName() throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"))) {
            server.accessFiles(new FaultyFiles(Fault.CORRUPTS, path -> Parts.isOf(path, "in/file 42")));
            TestSite site = TestSite.of(folder, server).target("retries", "1");
            Set<String> good = new TreeSet<>();
            for (int i = 0; i < 100; i++) {
                good.add("in/file " + i);
                site.backup("in/file " + i, "content of file " + i);
            }
            good.remove("in/file 42");

            TestSite.Result ran = site.run("ship");

            assertThat(ran.exit()).as(ran.err()).isEqualTo(1);
            assertThat(ran.out()).contains("99 files shipped and verified").contains("1 file NOT shipped");
            assertThat(ran.err().lines().filter(line -> line.contains("ERROR")))
                    .singleElement()
                    .asString()
                    .contains("in/file 42 not shipped: the copy differs");
            Path dated = site.root().resolve(site.dated());
            assertThat(Manifest.parse(Files.readString(dated.resolve(Manifest.NAME)))
                            .names())
                    .isEqualTo(good);
            good.add(Manifest.NAME);
            assertThat(TestSite.filesIn(dated)).isEqualTo(good);
            assertThat(TestSite.tool(dated, "sha256sum", "--strict", "-c", Manifest.NAME)
                            .exit())
                    .isZero();
        }
    }

    /** Takes as long as a server is waited for when it is asked for the first time. */
    @Test
    void aHashCommandThatHangsIsCutAndTheCopiesAreReadBack() throws IOException {
        EmbeddedServer.Exec honest = Exec.sha256sumAfter((command, root) -> {});
        EmbeddedServer.Exec hanging = (command, root) -> {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
            return honest.run(command, root);
        };
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"), hanging)) {
            TestSite site = TestSite.of(folder, server);
            site.backup("a", "content of a");
            site.backup("b", "content of b");

            TestSite.Result ran = site.run("ship");

            assertThat(ran.exit()).as(ran.err()).isZero();
            assertThat(ran.out()).contains("2 files shipped and verified");
            assertThat(ran.err()).contains("did not end within");
            assertThat(TestSite.filesIn(site.root().resolve(site.dated()))).isEqualTo(Set.of("a", "b", Manifest.NAME));
            Path verifications = folder.resolve("state/verifications");
            for (String file : TestSite.filesIn(verifications)) {
                assertThat(Files.readString(verifications.resolve(file)))
                        .contains(" readback ")
                        .doesNotContain(" sha256sum ");
            }
        }
    }

    /** What a server says of a command that it did not end is not believed, whatever it is. */
    @Test
    void aServerThatIsCutOffInEveryHashIsReadBack() throws IOException {
        EmbeddedServer.Exec honest = Exec.sha256sumAfter((command, root) -> {});
        EmbeddedServer.Exec cut = (command, root) ->
                new Result(Result.DROPPED, honest.run(command, root).stdout(), "");
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"), cut)) {
            TestSite site = TestSite.of(folder, server);
            site.backup("a", "content of a");

            TestSite.Result ran = site.run("ship");

            assertThat(ran.exit()).as(ran.err()).isZero();
            site.target("verify", "hash");
            site.backup("b", "content of b");
            TestSite.Result strict = site.run("ship");
            assertThat(strict.exit()).as(strict.err()).isIn(1, 3);
            assertThat(TestSite.filesIn(site.root().resolve(site.dated()))).isEqualTo(Set.of("a", Manifest.NAME));
        }
    }
}
