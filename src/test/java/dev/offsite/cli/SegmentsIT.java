package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A large file on a long link goes over several connections into one part file, and is verified and made good as any other. */
@RequiresSshd
@Timeout(300)
class SegmentsIT {
    private static final int LARGE = 64 << 20;
    private static final int PARALLEL = 4;
    private static final Path SFTP_SERVER = Path.of("/usr/lib/openssh/sftp-server");
    /** Of the folder and of the commit, of the hash, and of pruning. */
    private static final int HANDFUL = 4;

    @TempDir
    Path folder;

    private OpenSshServer server;
    private Proxy proxy;
    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        proxy = new Proxy(server);
        proxy.delay(Duration.ofMillis(8));
        offsite = TestSite.of(folder, server).through(proxy).job("parallel", String.valueOf(PARALLEL));
        byte[] bytes = new byte[LARGE + 12345];
        new Random(1).nextBytes(bytes);
        offsite.backup("large.dump", bytes);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private void assertShips() throws IOException {
        Result result = offsite.run("ship");
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(offsite.verifications()).containsKey("large.dump");
        offsite.assertAllOffsite();
    }

    @ParameterizedTest
    @ValueSource(strings = {"internal-sftp", "/usr/lib/openssh/sftp-server"})
    void goesOverSeveralConnectionsByteForByte(String subsystem) throws Exception {
        assumeTrue(!subsystem.startsWith("/") || Files.isExecutable(SFTP_SERVER), "no " + SFTP_SERVER);
        server.reconfigure("Subsystem sftp " + subsystem);

        assertShips();

        // Three by the round trip; a fourth if that seems to be longer, or to pay.
        assertThat(proxy.connectionsWith(1 << 20)).isBetween(3L, (long) PARALLEL);
        assertThat(proxy.connections()).isLessThanOrEqualTo(PARALLEL + HANDFUL);
    }

    @Test
    void goesOverFewInLargeWritesWhereTheLinkIsShort() throws Exception {
        assumeTrue(Files.isExecutable(SFTP_SERVER), "no " + SFTP_SERVER);
        proxy.delay(Duration.ZERO);
        Path log = folder.resolve("requests.log");
        Path logging = Files.writeString(
                folder.resolve("sftp-server"), "#!/bin/sh\nexec %s -e -l DEBUG3 2>>'%s'\n".formatted(SFTP_SERVER, log));
        Files.setPosixFilePermissions(logging, PosixFilePermissions.fromString("rwxr-xr-x"));
        server.reconfigure("Subsystem sftp " + logging);

        assertShips();

        assertThat(proxy.connectionsWith(1 << 20)).isBetween(2L, 3L);
        try (Stream<String> lines = Files.lines(log)) {
            assertThat(lines.filter(line -> line.contains(": write ") && line.endsWith("len 261120")))
                    .hasSize(LARGE / (255 << 10));
        }
    }

    @Test
    void whatAConnectionThatIsCutHadNotDeliveredIsSentByAnother() throws Exception {
        proxy.cutAfter(6 << 20, 1);

        assertShips();

        assertThat(proxy.cuts()).isEqualTo(1);
        // The window of one connection.
        assertThat(proxy.bytes()).as("bytes sent").isLessThan(LARGE + (6 << 20));
    }

    @Test
    void afterAKillTheNextRunShipsItAndNoPartStays() throws Exception {
        proxy.holdAfter(LARGE / 2);
        try (var running = offsite.start("ship")) {
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> proxy.held() && !offsite.parts().isEmpty());
            running.kill();
        }
        // The file's, and maybe that of the probe.
        assertThat(offsite.parts()).isNotEmpty();
        proxy.holdAfter(Long.MAX_VALUE);
        proxy.release();

        assertShips();
    }

    @Test
    void aServerThatStopsTakingBytesIsSaidInOneLine() throws Exception {
        assumeTrue(Files.isExecutable(SFTP_SERVER), "no " + SFTP_SERVER);
        server.reconfigure("ForceCommand bash -c 'trap \"\" XFSZ; ulimit -f 20000; exec " + SFTP_SERVER + "'");

        Result result = offsite.target("retries", "0").run("ship");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.complaints())
                .filteredOn(line -> line.contains("large.dump"))
                .singleElement()
                .asString()
                .contains("free on the server", "quota");
        assertThat(offsite.parts()).isEmpty();
        server.reconfigure();
        assertShips();
    }

    /** As a server does that lets each user have so many. */
    @Test
    void whereFewerConnectionsAreToBeHadItGoesOverThose() throws Exception {
        server.reconfigure("MaxStartups 1:100:1");

        assertShips();

        assertThat(proxy.bytes()).as("sent once").isLessThan(LARGE + LARGE / 4);
    }
}
