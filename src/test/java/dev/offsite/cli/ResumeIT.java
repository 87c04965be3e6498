package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads that are cut go on where they were, in the same run and in the next. */
@RequiresSshd
@Timeout(300)
class ResumeIT {
    private static final int MIB = 1 << 20;
    private static final int LARGE = 96 * MIB;
    /** Bytes per second of each connection. */
    private static final int CRAWL = 20_000;

    @TempDir
    Path folder;

    private OpenSshServer server;
    private Proxy proxy;
    private TestSite offsite;
    private Path source;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        proxy = new Proxy(server);
        // A machine that is busy takes a short link for a long one, which has more on its way.
        offsite = TestSite.of(folder, server).through(proxy).job("parallel", "2");
        source = offsite.backup("large.dump", bytes(LARGE + 12345, 1));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private Result assertShips() throws IOException {
        Result result = offsite.run("ship");
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.complaints()).as("%s", result).isEmpty();
        offsite.assertAllOffsite();
        assertThat(offsite.state().resolve("uploads")).isEmptyDirectory();
        return result;
    }

    /** Has a run killed when so many bytes were sent. */
    private void killAfter(long bytes) throws Exception {
        long until = proxy.bytes() + bytes;
        try (var running = offsite.start("ship")) {
            await().atMost(Duration.ofSeconds(60)).until(() -> proxy.bytes() >= until);
            running.kill();
        }
    }

    @Test
    void aLineThatIsCutAgainAndAgainCarriesEachByteAboutOnce() throws Exception {
        proxy.cutAllEvery(16 * MIB);

        assertShips();

        assertThat(proxy.cutsOfAll()).isGreaterThanOrEqualTo(5);
        // What was on its way, and the logins.
        assertThat(proxy.bytes() - LARGE).as("bytes beyond the file").isLessThan(proxy.cutsOfAll() * 8L * MIB);
    }

    @Test
    void aLineThatStallsAndCrawlsForAWhileLosesNothing() throws Exception {
        proxy.holdAfter(LARGE / 3);
        try (var running = offsite.start("ship")) {
            await().atMost(Duration.ofSeconds(60)).until(proxy::held);
            proxy.throttle(CRAWL);
            proxy.holdAfter(Long.MAX_VALUE);
            proxy.release();
            long crawled = proxy.bytes() + 5 * CRAWL;
            await().atMost(Duration.ofSeconds(60)).until(() -> proxy.bytes() >= crawled);
            proxy.throttle(Long.MAX_VALUE);

            Result result = running.end();

            assertThat(result.complaints()).as("%s", result).isEmpty();
            assertThat(result.exit()).as("%s", result).isZero();
        }
        offsite.assertAllOffsite();
        assertThat(proxy.bytes() - LARGE).as("bytes beyond the file").isLessThan(LARGE / 8);
    }

    @Test
    void aRunThatWasKilledIsGoneOnWith() throws Exception {
        killAfter(LARGE / 3);
        killAfter(LARGE / 3);
        Result last = assertShips();

        assertThat(last.err()).containsPattern("db: large.dump goes on at [0-9.]+ of 96.0 MiB");
        assertThat(proxy.bytes() - LARGE).as("bytes beyond the file").isLessThan(LARGE / 8);
    }

    @Test
    void aLineThatIsDownForAWhileIsWaitedFor() throws Exception {
        proxy.holdAfter(LARGE / 2);
        try (var running = offsite.start("ship")) {
            await().atMost(Duration.ofSeconds(60)).until(proxy::held);
            proxy.down(true);
            proxy.holdAfter(Long.MAX_VALUE);
            proxy.release();
            int refused = proxy.refusedWhileDown();
            await().atMost(Duration.ofSeconds(30)).until(() -> proxy.refusedWhileDown() >= refused + 3);
            proxy.down(false);
            Result result = running.end();
            assertThat(result.exit()).as("%s", result).isZero();
        }
        offsite.assertAllOffsite();
        assertThat(proxy.bytes() - LARGE).as("bytes beyond the file").isLessThan(LARGE / 8);
    }

    @Test
    void aServerThatDoesNotComeBackFailsTheFileAndTheNextRunGoesOn() throws Exception {
        offsite.target("retries", "0");
        proxy.holdAfter(LARGE / 2);
        try (var running = offsite.start("ship")) {
            await().atMost(Duration.ofSeconds(60)).until(proxy::held);
            proxy.down(true);
            proxy.release();
            Result result = running.end();
            assertThat(result.exit()).as("%s", result).isNotZero();
            assertThat(result.complaints())
                    .as("%s", result)
                    .anyMatch(line -> line.contains("large.dump not shipped: the connection to"));
        }
        assertThat(offsite.parts()).hasSize(1);
        proxy.holdAfter(Long.MAX_VALUE);
        proxy.down(false);

        assertThat(assertShips().err()).contains("large.dump goes on at");

        assertThat(proxy.bytes() - LARGE).as("bytes beyond the file").isLessThan(LARGE / 8);
    }

    @Test
    void aSourceThatHasChangedIsSentFromZero() throws Exception {
        killAfter(LARGE / 2);
        offsite.backup("large.dump", bytes(LARGE + 12345, 2));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(1800)));

        Result result = offsite.run("ship");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.err())
                .doesNotContain("goes on at")
                .containsPattern("removed what a run that was cut had sent of .*large.dump: it has changed here");
        offsite.assertAllOffsite();
    }

    @Test
    void aPartFileThatHasChangedIsFoundAndSentFromZero() throws Exception {
        killAfter(LARGE / 2);
        try (FileChannel part = FileChannel.open(part(), StandardOpenOption.WRITE)) {
            part.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4}), 5 * MIB);
        }

        Result result = assertShips();

        assertThat(result.err())
                .contains("db: large.dump starts from zero: its part file does not begin as the file does here");
    }

    private Path part() {
        return offsite.root()
                .resolve(offsite.parts().stream()
                        .filter(name -> offsite.root().resolve(name).toFile().length() > MIB)
                        .findFirst()
                        .orElseThrow());
    }

    @Test
    void aPartFileThatIsGoneOrALinkIsReplaced() throws Exception {
        killAfter(LARGE / 2);
        Path part = part();
        Path other = Files.move(part, folder.resolve("other"));
        Files.createSymbolicLink(part, other);
        long size = Files.size(other);

        Result result = assertShips();

        assertThat(result.err()).contains("starts from zero: its part file is no regular file any more");
        assertThat(other).hasSize(size);
    }

    @Test
    void thePartOfAFileThatIsGoneIsRemoved() throws Exception {
        killAfter(LARGE / 2);
        Files.delete(source);
        offsite.backup("another", "another");

        assertShips();

        assertThat(offsite.parts()).isEmpty();
    }

    @Test
    void pruneAndScrubLeaveItAndOtherFilesDoNotTouchIt() throws Exception {
        killAfter(LARGE / 2);
        Path part = part();
        Files.setLastModifiedTime(part, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
        Files.move(source, folder.resolve("aside"));
        Files.createFile(source);
        Files.delete(source);
        Files.move(folder.resolve("aside"), source);

        Result scrub = offsite.run("scrub");
        Result prune = offsite.run("prune");

        assertThat(scrub.err() + prune.err()).doesNotContain("part files of runs that were cut", "removed");
        assertThat(part).exists();
        assertThat(assertShips().err()).contains("goes on at");
    }

    @Test
    void theNextDayItIsMovedIntoTheFolderOfThatDay() throws Exception {
        killAfter(LARGE / 2);
        Path before = part();
        Path yesterday = Files.createDirectories(offsite.root().resolve(offsite.dayBefore(1)));
        Path moved = Files.move(before, yesterday.resolve(before.getFileName()));
        changeRecords(before.toString(), moved.toString());

        Result result = offsite.run("ship");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.err()).contains("goes on at");
        assertThat(moved).doesNotExist();
        Files.delete(yesterday);
        offsite.assertAllOffsite();
    }

    /** As if the records had been written elsewhere, or at another time. */
    private void changeRecords(String from, String to) throws IOException {
        try (var files = Files.list(offsite.state().resolve("uploads"))) {
            for (Path file : files.filter(ResumeIT::isRecord).toList()) {
                String text = Files.readString(file);
                String changed = text.replace(encoded(from), encoded(to));
                assertThat(changed).isNotEqualTo(text);
                Files.writeString(file, changed);
            }
        }
    }

    /** Not what the kill left of one that was being written. */
    private static boolean isRecord(Path file) {
        return file.getFileName().toString().indexOf('.') < 0;
    }

    private static String encoded(String text) {
        return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void afterAWeekItIsRemovedAndTheFileIsSentFromZero() throws Exception {
        killAfter(LARGE / 2);
        String today = Instant.now().toString().substring(0, 10);
        changeRecords(today, Instant.now().minus(Duration.ofDays(9)).toString().substring(0, 10));

        assertThat(assertShips().err()).doesNotContain("goes on at");

        assertThat(offsite.parts()).isEmpty();
    }

    @Test
    void whereCommandsDoNotRunTheEndIsReadBack() throws Exception {
        server.reconfigure("ForceCommand internal-sftp");
        killAfter(LARGE / 2);

        assertThat(assertShips().err()).contains("goes on at");

        assertThat(proxy.bytes() - LARGE).as("bytes beyond the file").isLessThan(LARGE / 8);
    }

    @Test
    void whereOnlySizesAreComparedNothingIsGoneOnWith() throws Exception {
        offsite.target("verify", "size");
        killAfter(LARGE / 2);
        assertThat(offsite.state().resolve("uploads"))
                .satisfiesAnyOf(none -> assertThat(none).doesNotExist(), empty -> assertThat(empty)
                        .isEmptyDirectory());

        Result result = offsite.run("ship");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.err()).doesNotContain("goes on at");
        offsite.assertAllOffsite();
    }

    @Test
    void putGoesOnToo() throws Exception {
        String to = folder.toRealPath() + "/put/large.dump";
        long until = proxy.bytes() + LARGE / 2;
        try (var running = offsite.start("put", source.toString(), to)) {
            await().atMost(Duration.ofSeconds(60)).until(() -> proxy.bytes() >= until);
            running.kill();
        }

        Result result = offsite.run("put", source.toString(), to);

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.err()).containsPattern("put: .*/put/large.dump goes on at");
        assertThat(Path.of(to)).hasSameBinaryContentAs(source);
        assertThat(proxy.bytes() - LARGE).as("bytes beyond the file").isLessThan(LARGE / 8);
        assertThat(offsite.state().resolve("uploads")).isEmptyDirectory();
    }
}
