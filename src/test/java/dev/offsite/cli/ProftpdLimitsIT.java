package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.servers.RequiresServers;
import dev.offsite.support.servers.StartedServer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ProFTPD refuses a session that is one too many only after its login: everything goes on with those that there are. */
@RequiresServers
@Timeout(300)
class ProftpdLimitsIT {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"MaxClientsPerHost 2", "MaxClientsPerUser 1", "MaxClientsPerUser 2"})
    void everythingGoesOnWithTheSessionsThatThereAre(String limit) throws Exception {
        try (StartedServer server = StartedServer.startProftpd(folder.resolve("server"), limit)) {
            TestSite site = TestSite.of(folder, server).job("parallel", "8").target("retries", "0");
            Random random = new Random(1);
            for (int i = 0; i < 60; i++) {
                byte[] bytes = new byte[i % 5 == 0 ? 300_000 : 2_000];
                random.nextBytes(bytes);
                site.backup("of/" + i, bytes);
            }

            Result shipped = well(site, "ship");

            assertThat(shipped.err()).contains("of our connections at a time", "parallel=");
            well(site, "scrub", "--all");
            Path back = folder.resolve("back");
            well(site, "restore", "db", "latest", "--to", back.toString());
            assertThat(TestSite.tree(back)).containsAllEntriesOf(TestSite.tree(site.source()));
            well(site, "put", site.source().toString(), server.path("tree"));
        }
    }

    private static Result well(TestSite site, String... command) {
        Result result = site.run(command);
        assertThat(result.exit()).as("%s", result).isZero();
        return result;
    }
}
