package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.KnownHash;
import dev.offsite.support.Sha256sumExec;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only shows when the routes go on running: in this JVM, as an application that embeds them has it. */
@Timeout(120)
class PollingIT {
    @TempDir
    Path folder;

    private final Gate exec = new Gate();
    private EmbeddedServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"), exec);
        site = TestSite.of(folder, server)
                .target("retries", "0")
                .job("poll", "100ms")
                .job("ready", "0s");
        KnownHash.remember(folder.resolve("state"), server);
    }

    @AfterEach
    void stop() throws IOException {
        exec.open.countDown();
        server.close();
    }

    @Test
    void aChangedFileWhoseNameHasABackslashIsSeenAgain() throws IOException {
        String name = "back\\slash";
        exec.open.countDown();
        site.backup(name, "first");
        try (CamelApplication routes = CamelApplication.start(Configuration.load(site.configuration()), true)) {
            soon().until(() -> listed(site.root(), 1));
            assertThat(routes.context().isStarted()).isTrue();

            site.writeNow(name, "second, and longer");

            soon().untilAsserted(() -> assertThat(site.dated().resolve(name)).hasContent("second, and longer"));
        }
    }

    /** As in an application that embeds the routes; {@code offsite serve} refuses to start. */
    @Test
    void aJobWithCommandsThatOnlyPollsShipsNothingAndSaysWhy() throws IOException {
        site.job("before-command", "echo dump > app.dump");
        site.backup("good", "good");
        exec.open.countDown();
        try (CamelApplication routes = CamelApplication.start(Configuration.load(site.configuration()), true)) {
            soon().untilAsserted(() -> assertThat(site.run("history").out()).contains("its commands", "set schedule"));
            assertThat(routes.context().isStarted()).isTrue();
        }
        assertThat(site.source().resolve("app.dump")).doesNotExist();
        assertThat(site.root()).doesNotExist();
    }

    /** One command verifies the files of both jobs; what fails of one is no matter to the other. */
    @Test
    void invariant2AFailureInOneJobKeepsNothingOutOfTheManifestOfAnother() throws IOException {
        Path source = Files.createDirectories(folder.resolve("web backups"));
        Path root = server.files().resolve("srv/web");
        site.set("camel.routeTemplate[web].templateId", "ship")
                .set("camel.routeTemplate[web].source", source.toString())
                .set("camel.routeTemplate[web].root", "/srv/web")
                .set("camel.routeTemplate[web].poll", "100ms")
                .set("camel.routeTemplate[web].ready", "0s");
        exec.lieAbout(part -> content(part).startsWith("lie"));
        site.backup("first", "holds up the first command");
        site.backup("same", "lie about this one");
        TestSite.aged(Files.writeString(source.resolve("same"), "fine"), Duration.ofHours(1));

        try (CamelApplication routes = CamelApplication.start(Configuration.load(site.configuration()), true)) {
            // All are uploaded while the first command is held up, so that the next one takes both of the same name.
            soon().until(() -> sizes(site.root()) + sizes(root) == 26 + 18 + 4);
            exec.open.countDown();

            soon().until(() -> TestSite.filesIn(root).stream().anyMatch(name -> name.endsWith("/same")));
            soon().untilAsserted(() -> assertThat(listed(root, 1)).isTrue());
            assertThat(routes.context().isStarted()).isTrue();
        }
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).ignoreExceptions();
    }

    private static boolean listed(Path root, int copies) throws IOException {
        try (Stream<Path> dated = Files.list(root)) {
            Path manifest = dated.findFirst().orElseThrow().resolve(Manifest.NAME);
            return Manifest.parse(Files.readString(manifest)).size() == copies;
        }
    }

    private static long sizes(Path root) throws IOException {
        long bytes = 0;
        for (String name : Files.exists(root) ? TestSite.filesIn(root) : Set.<String>of()) {
            if (name.equals(".offsite-owner")) {
                continue;
            }
            bytes += Files.size(root.resolve(name));
        }
        return bytes;
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Holds every command up until it is opened. */
    private static final class Gate extends Sha256sumExec {
        private final CountDownLatch open = new CountDownLatch(1);

        @Override
        protected void hashing(Path file) {
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
