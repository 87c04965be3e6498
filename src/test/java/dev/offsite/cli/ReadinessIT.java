package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A finished file is shipped at once, a growing one never half. */
@RequiresSshd
@Timeout(120)
class ReadinessIT {
    @TempDir
    Path folder;

    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("server"));
        site = TestSite.of(folder, server).job("ready", "1s");
    }

    @AfterEach
    void stop() {
        writer.shutdownNow();
        server.close();
    }

    @Test
    void aDumpThatHasJustEndedShipsInTheOneRun() throws IOException {
        site.writeNow("dump", "dump && offsite ship");

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isZero();
        Shipped.exactly(site, site.dated(), List.of("dump"));
        assertThat(site.run("ship").out()).isEqualTo("db: nothing new\n");
    }

    @Test
    void withoutAQuietPeriodItShipsAtOnce() throws IOException {
        site.job("ready", "0s").writeNow("dump", "just now");

        Result ran = site.run("ship");

        assertThat(ran.exit()).as(ran.err()).isZero();
        assertThat(ran.err()).doesNotContain("waiting");
        Shipped.exactly(site, site.dated(), List.of("dump"));
    }

    @Test
    void aFileThatKeepsGrowingIsNamedAndTheRestShips() throws Exception {
        Path growing = site.backup("growing", "begun\n");
        site.backup("finished", "finished");
        ScheduledFuture<?> writing = writer.scheduleAtFixedRate(() -> append(growing), 0, 50, TimeUnit.MILLISECONDS);

        Result ran = site.run("ship");

        assertThat(writing.isDone()).as("the writer failed").isFalse();
        writing.cancel(false);
        assertThat(ran.exit()).as(ran.err()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains("ERROR db: growing not shipped: it is still changing");
        assertThat(ran.out()).contains("1 file shipped").contains("1 file NOT shipped");
        Shipped.exactly(site, site.dated(), List.of("finished"));
        Shipped.noPartsIn(site.root());

        // It has ended now: the next run takes it, whole.
        writer.shutdown();
        assertThat(writer.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        Result next = site.run("ship");
        assertThat(next.exit()).as(next.err()).isZero();
        Shipped.exactly(site, site.dated(), List.of("finished", "growing"));
    }

    private static void append(Path file) {
        try {
            Files.writeString(file, "more\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
