package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A jump host breaks in the middle of a transfer. */
@RequiresSshd
@Timeout(120)
class BrokenJumpIT {

    private static final int SIZE = 6 << 20;

    @TempDir
    private Path folder;

    private OpenSshServer hop;
    private OpenSshServer server;
    private TestSite site;
    private String jump;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        hop = OpenSshServer.start(folder.resolve("hop"));
        Files.writeString(folder.resolve("hop/authorized_keys"), Files.readString(folder.resolve("sshd/key.pub")));
        Path known = Files.writeString(
                folder.resolve("all_hosts"),
                Files.readString(server.knownHosts()) + Files.readString(hop.knownHosts()));
        jump = "%s@%s:%d".formatted(hop.user(), hop.host(), hop.port());
        site = TestSite.of(folder, server)
                .target("known-hosts", known.toString())
                .target("jump", jump)
                .target("retries", "0");
        byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        site.backup("large", bytes);
    }

    @AfterEach
    void stop() {
        hop.close();
        server.close();
    }

    /** Bytes in the files below. */
    private static long bytes(Path below) {
        if (!Files.exists(below)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(below)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // one went away meanwhile
        }
    }

    /** Runs the command, slowly, and does that when the first megabyte has arrived below a folder. */
    private Result inTheMiddle(Path below, Runnable breaking, String... command) throws Exception {
        site.target("limit", "2MiB/s");
        CompletableFuture<Result> running = CompletableFuture.supplyAsync(() -> site.run(command));
        await().atMost(Duration.ofSeconds(30)).until(() -> bytes(below) > 1 << 20 || running.isDone());
        assertThat(running).as("it is still on its way").isNotDone();
        breaking.run();
        Result result = running.get();
        site.unset("offsite.limit");
        return result;
    }

    private void saysThatTheWayBroke(Result result) {
        assertThat(result.err().lines().filter(line -> line.contains(" ERROR ")))
                .as("%s", result)
                .isNotEmpty()
                .allMatch(line -> line.contains("jump host"))
                .allMatch(line -> line.contains(jump));
        assertThat(result.err() + result.out())
                .doesNotContain("Exception", "inputstream is closed", "Pipe closed", "channel is not opened");
    }

    @Test
    void anUploadThatItBreaksIsNamedAndTheNextRunShips() throws Exception {
        Result broken = inTheMiddle(site.root(), hop::endSessions, "ship");

        assertThat(broken.exit()).as("%s", broken).isEqualTo(ExitCode.FAILED);
        saysThatTheWayBroke(broken);
        Result next = site.run("ship");
        assertThat(next.exit()).as("%s", next).isZero();
        site.assertAllOffsite();
    }

    @Test
    void anUploadGoesOnWhereAnotherAttemptIsAllowed() throws Exception {
        site.target("retries", "2");

        Result shipped = inTheMiddle(site.root(), hop::endSessions, "ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        site.assertAllOffsite();
    }

    @Test
    void anUploadIsNotRepeatedWithoutEndWhereItStaysAway() throws Exception {
        site.target("retries", "2");

        Result broken = inTheMiddle(site.root(), hop::stop, "ship");

        assertThat(broken.exit()).as("%s", broken).isEqualTo(ExitCode.TARGET);
        saysThatTheWayBroke(broken);
        hop.restart();
        Result next = site.run("ship");
        assertThat(next.exit()).as("%s", next).isZero();
        site.assertAllOffsite();
    }

    @Test
    void aRestoreThatItBreaksGoesOn() throws Exception {
        assertThat(site.run("ship").exit()).isZero();
        Path back = folder.resolve("back");

        Result restored = inTheMiddle(back, hop::endSessions, "restore", "db", "latest", "--to", back.toString());

        assertThat(restored.exit()).as("%s", restored).isZero();
        assertThat(TestSite.tree(back)).containsAllEntriesOf(TestSite.tree(site.source()));
    }

    @Test
    void aRestoreWhereItStaysAwayIsNamedAndTheNextOneGoesOn() throws Exception {
        assertThat(site.run("ship").exit()).isZero();
        Path back = folder.resolve("back");
        String[] restore = {"restore", "db", "latest", "--to", back.toString()};

        Result broken = inTheMiddle(back, hop::stop, restore);

        assertThat(broken.exit()).as("%s", broken).isEqualTo(ExitCode.TARGET);
        saysThatTheWayBroke(broken);
        hop.restart();
        Result next = site.run(restore);
        assertThat(next.exit()).as("%s", next).isZero();
        assertThat(TestSite.tree(back)).containsAllEntriesOf(TestSite.tree(site.source()));
    }
}
