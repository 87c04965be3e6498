package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.servers.RealServer;
import dev.offsite.support.servers.RequiresServers;
import dev.offsite.support.servers.StartedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A run that was killed in the middle of a large file, on servers that people rent or own. */
@RequiresServers
@Timeout(300)
class ResumeServersIT {
    private static final int SIZE = 48 << 20;

    /** Erlang's empties a file at its second opening, rclone's cannot write in the middle. */
    private static final Set<RealServer> FROM_ZERO = Set.of(RealServer.ERLANG, RealServer.RCLONE);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = RealServer.class,
            names = {"DROPBEAR", "PROFTPD", "ERLANG", "ASYNCSSH", "CONCH", "MYSECURESHELL", "RCLONE", "PARAMIKO"})
    void theNextRunGoesOnWhereTheServerCan(RealServer kind) throws Exception {
        try (StartedServer server = StartedServer.start(kind, folder.resolve("server"))) {
            TestSite site = TestSite.of(Files.createDirectory(folder.resolve("site")), server)
                    .job("parallel", "2");
            byte[] bytes = new byte[SIZE];
            new Random(1).nextBytes(bytes);
            site.backup("large.dump", bytes);
            try (var running = site.start("ship")) {
                await().atMost(Duration.ofSeconds(90))
                        .until(() -> isUnderWay(site) || !running.process().isAlive());
                running.kill();
            }

            Result result = site.run("ship");

            if (FROM_ZERO.contains(kind)) {
                assertThat(result.err()).contains("starts from zero: the server empties a file");
            } else {
                assertThat(result.err()).contains("goes on at");
            }
            // Erlang's cannot replace SHA256SUMS, so nothing is ever shipped to it.
            if (kind != RealServer.ERLANG) {
                assertThat(result.exit()).as("%s", result).isZero();
                site.assertAllOffsite();
            }
        }
    }

    private static boolean isUnderWay(TestSite site) throws IOException {
        Path records = site.state().resolve("uploads");
        if (!Files.isDirectory(records)) {
            return false;
        }
        try (Stream<Path> files = Files.list(records)) {
            return files.findAny().isPresent();
        }
    }
}
