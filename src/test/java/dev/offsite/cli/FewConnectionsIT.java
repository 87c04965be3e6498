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
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server, or what stands before it, may take few connections at a time: all goes on with these. */
@RequiresSshd
@Timeout(300)
class FewConnectionsIT {

    private static final int PARALLEL = 8;
    /** Several for each connection that is wanted. */
    private static final int SOME = 5 * PARALLEL;
    /** In one case, so that each connection has many. */
    private static final int MANY = 200;

    private static final String LIMIT = "of our connections at a time";

    @TempDir
    Path folder;

    private int attemptsEach = 2;
    private OpenSshServer server;
    private Proxy proxy;
    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        proxy = new Proxy(server);
        offsite = TestSite.of(folder, server).through(proxy).job("parallel", String.valueOf(PARALLEL));
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        server.close();
    }

    private void backups(int small, int medium) throws IOException {
        Random random = new Random(1);
        for (int i = 0; i < small + medium; i++) {
            byte[] bytes = new byte[i < small ? 2000 : 300_000];
            random.nextBytes(bytes);
            offsite.backup("of/" + i, bytes);
        }
    }

    /** Also that it took few attempts for the number of connections wanted. */
    private Result well(String... command) {
        int attempts = proxy.connections() + proxy.refused();
        Result result = offsite.run(command);
        attempts = proxy.connections() + proxy.refused() - attempts;
        assertThat(result.exit()).as("%s: %s", List.of(command), result).isZero();
        assertThat(attempts)
                .as("attempts of %s: %s", List.of(command), result)
                .isLessThanOrEqualTo(attemptsEach * PARALLEL);
        return result;
    }

    @ParameterizedTest
    @CsvSource({"1, " + SOME, "2, " + SOME, "3, " + MANY, "4, " + SOME, "6, " + SOME})
    void everyVerbGoesOnWithThem(int places, int files) throws Exception {
        proxy.places(places);
        everyVerb(files);
        assertThat(proxy.mostOpen()).isLessThanOrEqualTo(places);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void alsoWhereAConnectionHasOneChannel(int places) throws Exception {
        server.reconfigure("MaxSessions 1");
        // Each command needs a login until it is known that there are few places.
        attemptsEach = 3;
        proxy.places(places);
        everyVerb(SOME);
        assertThat(proxy.mostOpen()).isLessThanOrEqualTo(places);
    }

    /** However it refuses the next one. */
    @ParameterizedTest
    @CsvSource({"2, SILENCE", "1, RESET", "2, RESET"})
    void alsoWhereTheNextOneIsRefusedInAnotherWay(int places, Proxy.Refusal how) throws Exception {
        Path config = Files.writeString(folder.resolve("ssh_config"), "Host *\n  ConnectTimeout 2\n");
        offsite.target("ssh-config", config.toString());
        proxy.places(places, how);
        Result first = everyVerb(SOME);
        assertThat(proxy.mostOpen()).isLessThanOrEqualTo(places);
        assertThat(first.err().lines().filter(line -> line.contains(LIMIT)))
                .isNotEmpty()
                .allMatch(line -> line.contains("parallel="));
    }

    /** Returns what the ship said. */
    private Result everyVerb(int files) throws Exception {
        backups(files, 12);
        Result shipped = well("ship");
        assertThat(well("doctor").out()).containsPattern("hash by sha256sum -- +ok");
        offsite.assertAllOffsite();
        well("list");
        well("scrub", "--all");
        well("restore", "db", "--to", folder.resolve("restored").toString());
        assertThat(TestSite.tree(folder.resolve("restored"))).containsAllEntriesOf(TestSite.tree(offsite.source()));
        String there = offsite.root().resolveSibling("tree").toString();
        well("put", offsite.source().toString(), there);
        well("get", there, folder.resolve("got").toString());
        assertThat(TestSite.tree(folder.resolve("got"))).containsAllEntriesOf(TestSite.tree(offsite.source()));
        well("drill");
        well("prune");
        return shipped;
    }

    @Test
    void theLimitIsLearntAndTheSettingNamedOnce() throws Exception {
        proxy.places(2);
        backups(0, 12);
        Result first = well("ship");
        assertThat(first.err().lines().filter(line -> line.contains(LIMIT)))
                .singleElement()
                .asString()
                .contains("127.0.0.1:" + proxy.port() + " takes only 2 " + LIMIT)
                .contains("parallel=2")
                .doesNotContain("banned");
        int refused = proxy.refused();
        // A few more where it has not noticed yet that one was closed.
        assertThat(refused).isBetween(1, 4);

        offsite.backup("later", "x".repeat(500_000));
        offsite.backup("latest", "y".repeat(500_000));
        assertThat(well("ship").err()).doesNotContain(LIMIT);
        assertThat(proxy.refused()).as("the next run knows").isEqualTo(refused);
    }

    @Test
    void aLargeFileGoesOverThoseThatThereAre() throws Exception {
        proxy.delay(Duration.ofMillis(8));
        proxy.places(2);
        byte[] bytes = new byte[(64 << 20) + 1];
        new Random(1).nextBytes(bytes);
        offsite.backup("large", bytes);
        well("ship");
        offsite.assertAllOffsite();
        assertThat(proxy.connectionsWith(1 << 20)).isEqualTo(2);
    }

    @Test
    void aLimitThatComesInTheMiddleIsSurvived() throws Exception {
        proxy.places(4);
        backups(0, 40);
        proxy.cutAfter(2 << 20, 2);
        proxy.places(3);
        well("ship");
        offsite.assertAllOffsite();
    }

    @Test
    void damagedMemoryIsLeftOut() throws Exception {
        Files.createDirectories(offsite.state());
        Files.write(offsite.state().resolve("connections.known"), new byte[] {(byte) 0xff, 0, '\n', 'x'});
        proxy.places(2);
        backups(0, 5);
        well("ship");
        assertThat(offsite.state().resolve("connections.known"))
                .content()
                .endsWith(" 2 127.0.0.1:" + proxy.port() + "\n");
    }

    @Test
    void aServerThatTakesNoneIsTriedOnce() throws Exception {
        proxy.places(0);
        backups(3, 3);
        Result result = offsite.run("ship");
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.TARGET);
        assertThat(proxy.refused()).isEqualTo(1);
    }
}
