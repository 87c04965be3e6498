package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A large copy that is cut on its way here goes on where it was, and is whole in the end. */
@RequiresSshd
@Timeout(180)
class RestoreResumeIT {

    private static final int MIB = 1 << 20;
    private static final int SIZE = 40 * MIB;

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite offsite;
    private Path to;
    private Path copy;
    private byte[] content;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void ship() throws Exception {
        offsite = TestSite.of(folder, server);
        to = folder.resolve("to");
        content = new byte[SIZE];
        new Random(1).nextBytes(content);
        copy = offsite.root().resolve("20260131/large.dump");
        Files.createDirectories(copy.getParent());
        Files.write(copy, content);
        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        Files.writeString(copy.resolveSibling(Manifest.NAME), new Manifest(Map.of("large.dump", sha256)).format());
    }

    private Path part() {
        return to.resolve(TemporaryName.of("large.dump"));
    }

    private Result restore(String... more) {
        return offsite.run(Stream.concat(Stream.of("restore", "db", "--to", to.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    private void assertWhole(Result result) {
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(to.resolve("large.dump")).hasBinaryContent(content);
        assertThat(part()).doesNotExist();
    }

    /** A part file as a cut restore leaves it. */
    private void leave(byte[] bytes, int length) throws IOException {
        Files.createDirectories(to);
        Files.createFile(part(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel out = FileChannel.open(part(), StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(bytes, 0, length));
        }
    }

    @Test
    void eachByteComesOnceOverALineThatIsCutAgainAndAgain() throws IOException {
        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            proxy.cutDownAfter(6 * MIB);
            assertWhole(restore());

            assertThat(proxy.connections()).isGreaterThan(SIZE / (6 * MIB));
            // What was on its way when the line was cut is lost: at most what is asked for ahead.
            assertThat(proxy.received()).isBetween((long) SIZE, SIZE + proxy.connections() * 2L * MIB);
        }
    }

    @Test
    void aRunThatWasKilledGoesOnWhereItWas() throws Exception {
        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            for (int i = 1; i <= 3; i++) {
                long before = i * 8L * MIB;
                try (Running running = offsite.start("restore", "db", "--to", to.toString())) {
                    proxy.slowDown(8 * MIB);
                    await().atMost(Duration.ofSeconds(30)).until(() -> size(part()) > before);
                    running.kill();
                }
                assertThat(to.resolve("large.dump")).doesNotExist();
            }
            long left = size(part());
            proxy.slowDown(Long.MAX_VALUE);
            long before = proxy.received();
            assertWhole(restore());

            assertThat(left).isGreaterThan(24L * MIB);
            assertThat(proxy.received() - before).isLessThan(SIZE - left + MIB);
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aServerThatIsGoneForTooLongEndsItAndTheNextRunGoesOn() throws Exception {
        Result gone;
        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            proxy.slowDown(8 * MIB);
            try (Running running = offsite.start("restore", "db", "--to", to.toString())) {
                await().atMost(Duration.ofSeconds(30)).until(() -> size(part()) > 8 * MIB);
                proxy.close();
                gone = running.end();
            }
        }
        assertThat(gone.exit()).as("%s", gone).isEqualTo(ExitCode.TARGET);
        assertThat(to.resolve("large.dump")).doesNotExist();
        long left = size(part());
        assertThat(left).isGreaterThan(8 * MIB);

        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            assertWhole(restore());
            assertThat(proxy.received()).isLessThan(SIZE - left + MIB);
        }
    }

    @Test
    void aBeginningThatIsNotThatOfTheCopyIsNoticed() throws IOException {
        byte[] other = content.clone();
        other[12_345] ^= 1;
        leave(other, 30 * MIB);

        Result result = restore();

        assertWhole(result);
        assertThat(result.complaints()).anyMatch(line -> line.contains("downloaded again"));
    }

    @Test
    void whatMayBeSomebodyElsesIsNotTouched() throws IOException {
        Files.createDirectories(to);
        Path other = Files.write(folder.resolve("other"), new byte[5 * MIB]);
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
        Files.createLink(part(), other);
        assertWhole(restore());
        assertThat(other).hasBinaryContent(new byte[5 * MIB]);

        Files.delete(to.resolve("large.dump"));
        Files.createSymbolicLink(part(), other);
        assertWhole(restore());
        assertThat(other).hasBinaryContent(new byte[5 * MIB]);
    }

    @Test
    void whatOthersMayWriteIsNotTrusted() throws IOException {
        leave(content, 30 * MIB);
        Files.setPosixFilePermissions(part(), PosixFilePermissions.fromString("rw-rw-rw-"));
        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            assertWhole(restore());

            assertThat(proxy.received()).isGreaterThan(SIZE);
        }
    }

    @Test
    void whatIsOlderThanAWeekIsNotUsed() throws IOException {
        leave(content, 30 * MIB);
        Files.setLastModifiedTime(part(), FileTime.from(Instant.now().minus(Duration.ofDays(8))));
        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            assertWhole(restore());

            assertThat(proxy.received()).isGreaterThan(SIZE);
        }
    }

    @Test
    void twoRunsDoNotWriteIntoOneFile() throws IOException {
        leave(content, 30 * MIB);
        try (FileChannel other = FileChannel.open(part(), StandardOpenOption.WRITE)) {
            assertThat(other.tryLock()).isNotNull();
            Result result = restore();

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.complaints()).anyMatch(line -> line.contains("another run"));
        }
        assertThat(part()).hasSize(30 * MIB);
    }

    @Test
    void aCopyWithoutAHashIsNeverContinued() throws IOException {
        leave(content, 30 * MIB);
        Files.delete(copy.resolveSibling(Manifest.NAME));
        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            assertWhole(restore("20260131", "--unverified"));

            assertThat(proxy.received()).isGreaterThan(SIZE);
        }
    }

    @Test
    void getGoesOnToo() throws IOException {
        leave(content, 30 * MIB);
        Files.move(part(), to.resolve(TemporaryName.of("got")));
        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            Result result =
                    offsite.run("get", copy.toString(), to.resolve("got").toString());

            assertThat(result.exit()).as("%s", result).isZero();
            assertThat(to.resolve("got")).hasBinaryContent(content);
            assertThat(proxy.received()).isLessThan(12L * MIB);
        }
    }

    @Test
    void getNoticesAnotherBeginning() throws IOException {
        byte[] other = content.clone();
        other[12_345] ^= 1;
        leave(other, 30 * MIB);
        Files.move(part(), to.resolve(TemporaryName.of("got")));

        Result result = offsite.run("get", copy.toString(), to.resolve("got").toString());

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(to.resolve("got")).hasBinaryContent(content);
    }
}
