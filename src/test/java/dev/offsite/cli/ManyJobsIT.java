package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.Sha256sumExec;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fifty jobs over three servers, by the command. */
@Timeout(120)
class ManyJobsIT {

    private static final int JOBS = 50;

    @TempDir
    private Path folder;

    private final List<EmbeddedServer> servers = new ArrayList<>();

    @AfterEach
    void stop() throws IOException {
        for (EmbeddedServer server : servers) {
            server.close();
        }
    }

    private TestSite site(int jobs) throws IOException {
        for (int i = 0; i < 3; i++) {
            servers.add(EmbeddedServer.start(folder.resolve("server" + i), new Sha256sumExec()));
        }
        TestSite site = TestSite.of(folder, servers.get(0)).job("root", "/srv/db");
        for (int i = 1; i < jobs; i++) {
            EmbeddedServer server = servers.get(i % 3);
            Path source = Files.createDirectories(folder.resolve("source" + i));
            TestSite.aged(Files.writeString(source.resolve("dump"), "of job " + i), Duration.ofHours(1));
            String job = "camel.routeTemplate[job%d].".formatted(i);
            site.set(job + "templateId", "ship")
                    .set(job + "source", source.toString())
                    .set(job + "root", "/srv/job" + i)
                    .set(job + "port", String.valueOf(server.port()))
                    .set(job + "key", server.key().toString())
                    .set(job + "known-hosts", server.knownHosts().toString());
        }
        site.backup("dump", "of job 0");
        return site;
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    @Test
    void fiftyJobsOverThreeServersStartShipAndValidate() throws IOException {
        TestSite site = site(JOBS);

        long begun = System.nanoTime();
        assertThat(site.run("config").exit()).isZero();
        long config = millisSince(begun);

        begun = System.nanoTime();
        TestSite.Result first = site.run("ship");
        long ship = millisSince(begun);
        assertThat(first.exit()).as(first.err()).isZero();
        assertThat(first.out().lines()).hasSize(JOBS).allMatch(line -> line.contains("1 file shipped and verified"));

        begun = System.nanoTime();
        TestSite.Result second = site.run("ship");
        long nothing = millisSince(begun);
        assertThat(second.exit()).isZero();
        assertThat(second.out().lines()).hasSize(JOBS).allMatch(line -> line.endsWith("nothing new"));

        System.out.printf(
                "%d jobs over 3 servers: config %d ms, ship %d ms, start with nothing to ship %d ms%n",
                JOBS, config, ship, nothing);
        for (int i = 0; i < 3; i++) {
            assertThat(servers.get(i).logins()).as("server %d", i).isPositive();
        }
    }

    /** More than one refused login in a run would get this address banned. */
    @Test
    void aServerThatRefusesUsIsAskedOnce() throws IOException {
        TestSite site = site(10);
        for (int i = 1; i < 10; i++) {
            // The second server's login is refused, the third's key is not known.
            String job = "camel.routeTemplate[job%d].".formatted(i);
            if (i % 3 == 1) {
                site.set(job + "key", servers.get(0).key().toString());
            } else if (i % 3 == 2) {
                site.set(job + "known-hosts", servers.get(0).knownHosts().toString());
            }
        }

        TestSite.Result ran = site.run("ship");

        assertThat(ran.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(ran.out().lines().filter(line -> line.contains("1 file shipped and verified")))
                .hasSize(4);
        assertThat(ran.err().lines().filter(line -> line.contains("refuses the login")))
                .hasSize(3);
        assertThat(ran.err().lines().filter(line -> line.contains("is unknown: it showed")))
                .hasSize(3);
        assertThat(servers.get(1).connections()).isEqualTo(1);
        assertThat(servers.get(2).connections()).isEqualTo(1);
    }
}
