package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.notify.Untold;
import dev.offsite.support.HttpReceiver;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A dead man's switch hears of each run of ship, and of what a service is like. */
@RequiresSshd
@Timeout(180)
class PingIT {

    private static final String UUID = "/0d1c2b3a-secret";

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static OpenSshServer server;
    private TestSite offsite;
    private HttpReceiver receiver;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(shared.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server);
        receiver = HttpReceiver.start();
        offsite.backup("dump.sql", "a dump");
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void eachRunSaysThatItBeganAndHowItEnded() throws Exception {
        offsite.target("ping", receiver.url(UUID));

        assertThat(offsite.run("ship").exit()).isZero();
        assertThat(receiver.paths()).containsExactly(UUID + "/start", UUID);
        assertThat(receiver.requests().get(1).method()).isEqualTo("POST");
        assertThat(receiver.requests().get(1).body()).startsWith("db: 1 file shipped and verified");

        assertThat(offsite.run("ship").out()).contains("nothing new");
        assertThat(receiver.paths()).hasSize(4).endsWith(UUID + "/start", UUID);

        Files.move(offsite.source(), folder.resolve("away"));
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        assertThat(receiver.paths()).hasSize(6).endsWith(UUID + "/start", UUID + "/fail");
        assertThat(receiver.requests().get(5).body()).contains("db: ");
        assertThat(offsite.run("config").out())
                .contains("ping=" + receiver.url("/…"))
                .doesNotContain("secret");
    }

    @Test
    void aRunThatCannotStartItsRoutesFailsToo() throws Exception {
        Path file = Files.writeString(folder.resolve("url"), receiver.url(UUID) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        offsite.target("ping-file", file.toString());
        offsite.route("own.camel.yaml", "- nonsense: true\n");

        Result result = offsite.run("ship");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(receiver.paths()).containsExactly(UUID + "/start", UUID + "/fail");
    }

    @Test
    void aJobsOwnSwitchWins() throws Exception {
        Path second = Files.createDirectories(folder.resolve("second"));
        offsite.target("ping", receiver.url("/all"))
                .job("ping", receiver.url("/db"))
                .set("camel.routeTemplate[web].templateId", "ship")
                .set("camel.routeTemplate[web].source", second.toString())
                .set(
                        "camel.routeTemplate[web].root",
                        offsite.root().resolveSibling("web").toString());

        assertThat(offsite.run("ship", "web").exit()).isZero();
        assertThat(receiver.paths()).containsExactly("/all/start", "/all");
        Files.delete(second);
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        assertThat(receiver.paths().subList(2, 6))
                .containsExactlyInAnyOrder("/all/start", "/all/fail", "/db/start", "/db");
    }

    @Test
    void aSwitchThatIsDownOrSlowFailsAndDelaysNoRun() throws Exception {
        offsite.target("ping", receiver.url(UUID));
        receiver.down();

        Result shipped = offsite.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        assertThat(shipped.err())
                .contains("WARN")
                .contains("ping http://127.0.0.1")
                .doesNotContain("secret");
        List<Untold> untold = Untold.of(offsite.state().toString());
        assertThat(untold).hasSize(1);
        assertThat(untold.get(0).receiver()).startsWith("ping http://127.0.0.1");
        receiver.up();
        receiver.answer(500);
        assertThat(offsite.run("ship").exit()).isZero();
        assertThat(receiver.paths()).containsExactly(UUID + "/start", UUID + "/start", UUID, UUID);
        receiver.answer(200).slow(true);
        long begun = System.nanoTime();
        Result slow = offsite.run("ship");
        assertThat(slow.exit()).isZero();
        assertThat((System.nanoTime() - begun) / 1_000_000_000).isLessThan(18);
        assertThat(slow.err()).contains("no answer in time");
        receiver.slow(false);
        assertThat(offsite.run("ship").err()).doesNotContain("ping");
        assertThat(Untold.of(offsite.state().toString())).isEmpty();
    }

    @Test
    void aRunBesideAnotherSaysNothing() throws Exception {
        offsite.target("ping", receiver.url(UUID));
        try (StateLock lock = StateLock.take(offsite.state(), "test")) {
            assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.BUSY);
        }
        assertThat(receiver.paths()).isEmpty();
    }
}
