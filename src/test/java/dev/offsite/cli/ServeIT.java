package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresSshd
@Timeout(180)
class ServeIT {
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
    void shipsWhatIsNewAndPrunes() throws IOException {
        offsite.job("keep", "1");
        Path old = Files.createDirectories(offsite.root().resolve("20200101"));
        Files.createFile(old.resolve(Manifest.NAME));
        try (Running serving = serve()) {
            offsite.backup("first", "one");
            await().atMost(SOON).until(() -> serving.err().contains("first -> "));
            await().atMost(SOON).until(() -> Files.notExists(old));
            offsite.backup("second", "two");
            await().atMost(SOON).until(() -> serving.err().contains("second -> "));

            serving.process().destroy();
            Result end = serving.end();
            assertThat(end.exit()).as("%s", end).isZero();
            assertThat(end.complaints()).as("%s", end).isEmpty();
        }
        offsite.assertAllOffsite();
        assertThat(offsite.run("ship").out()).contains("nothing new");
    }

    @Test
    void aStopLetsTheTransferInFlightCommitAndStartsNoOther() throws IOException {
        offsite.job("parallel", "1");
        byte[] big = new byte[2 << 20];
        new Random(1).nextBytes(big);
        for (int i = 0; i < 3; i++) {
            offsite.backup("big " + i, big);
        }
        proxy.holdAfter(1 << 20);
        try (Running serving = serve()) {
            await().atMost(SOON).until(proxy::held);
            serving.process().destroy();
            await().atMost(SOON).until(() -> serving.err().contains("stopping"));
            proxy.release();

            Result end = serving.end();

            assertThat(end.exit()).as("%s", end).isZero();
            assertThat(end.err().lines().filter(line -> line.contains(" -> ")))
                    .as("%s", end)
                    .hasSize(1);
            assertThat(end.complaints())
                    .as("what was not begun is no error: %s", end)
                    .isEmpty();
        }
        Path day = offsite.folders().get(0);
        assertThat(Manifest.parse(Files.readString(day.resolve(Manifest.NAME))).size())
                .isEqualTo(1);
        assertThat(offsite.parts()).isEmpty();

        assertThat(offsite.run("ship").out()).contains("2 files shipped");
        offsite.assertAllOffsite();
    }

    @Test
    void invariant9_aSecondRunSaysSoAtOnce() throws IOException {
        try (Running serving = serve()) {
            for (String verb : new String[] {"ship", "serve", "prune"}) {
                Result second = offsite.asProcess().run(verb);
                assertThat(second.exit()).as("%s", second).isEqualTo(ExitCode.BUSY);
                assertThat(second.complaints()).as("%s", second).singleElement().satisfies(line -> assertThat(line)
                        .contains(
                                "another run is active",
                                "serve",
                                String.valueOf(serving.process().pid())));
                assertThat(second.out()).isEmpty();
            }
            serving.process().destroy();
            assertThat(serving.end().exit()).isZero();
        }
        assertThat(offsite.run("ship").exit()).isZero();
    }

    @Test
    void aServerThatIsDownIsNamedAndTriedAgain() throws IOException {
        offsite.backup("dump.sql", "a dump");
        server.stop();
        try (Running serving = serve()) {
            await().atMost(SOON).until(() -> serving.err().contains(" ERROR db: "));
            server.restart();
            await().atMost(SOON).until(() -> serving.err().contains("dump.sql -> "));
            serving.process().destroy();
            assertThat(serving.end().exit()).isZero();
        }
        offsite.assertAllOffsite();
    }

    private Running serve() {
        return offsite.start("serve").says("serving db");
    }
}
