package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The round trips that a command waits for do not grow with the number of folders. */
@RequiresSshd
@Timeout(180)
class ListingRoundTripsIT {

    /** Up to the first request: the versions, the keys, the login, a channel, SFTP. */
    private static final int LOGIN = 9;

    private static final int DAYS = 20;

    private static final int FOLDERS = 5;

    @TempDir
    Path folder;

    private OpenSshServer server;
    private Proxy proxy;
    private TestSite offsite;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("server"));
        proxy = new Proxy(server);
        offsite = TestSite.of(folder, server).through(proxy).job("keep", String.valueOf(DAYS));
        for (int day = 1; day <= DAYS; day++) {
            Path dated = offsite.root().resolve(offsite.dayBefore(day));
            for (int i = 0; i < FOLDERS; i++) {
                Files.createDirectories(dated.resolve("folder " + i));
                Files.writeString(dated.resolve("folder " + i + "/file"), "content");
            }
            String sum = "ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73";
            StringBuilder manifest = new StringBuilder();
            for (int i = 0; i < FOLDERS; i++) {
                manifest.append(sum).append("  folder ").append(i).append("/file\n");
            }
            Files.writeString(dated.resolve("SHA256SUMS"), manifest);
        }
        proxy.delay(Duration.ofMillis(100));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private int turns(String... command) {
        int before = proxy.turns();
        Result result = offsite.run(command);
        assertThat(result.exit()).as(result.err()).isZero();
        return proxy.turns() - before;
    }

    @Test
    void ofListAreFew() {
        // The root is opened, read and confirmed; the folders, then theirs, are opened and read; the manifests
        // likewise.
        assertThat(turns("list", "db")).isLessThanOrEqualTo(LOGIN + 3 + 5 + 2 + 3);
        assertThat(proxy.connections()).isEqualTo(1);
    }

    @Test
    void ofScrubAreFewBeforeTheHashes() {
        assertThat(turns("scrub", "db")).isLessThanOrEqualTo(2 * LOGIN + 40);
    }
}
