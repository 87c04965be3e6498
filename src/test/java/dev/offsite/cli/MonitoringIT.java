package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.offsite.support.FreePort;
import dev.offsite.support.HttpReceiver;
import dev.offsite.support.HttpReceiver.Request;
import dev.offsite.support.MovedClock;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table of docs/monitoring.md: who is told of what, how, and when. */
@RequiresSshd
@Timeout(300)
class MonitoringIT {

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private HttpReceiver receiver;
    private TestSite offsite;
    private MovedClock clock;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(Files.createDirectory(folder.resolve("server")));
        receiver = HttpReceiver.start();
        offsite = TestSite.of(Files.createDirectory(folder.resolve("site")), server)
                .job("max-age", "26h")
                .target("retries", "0")
                .set("offsite.notify[ops].to", receiver.url("/told"))
                .set("offsite.metrics-file", folder.resolve("offsite.prom").toString())
                .target("ping", receiver.url("/ping"));
        clock = MovedClock.of(offsite);
        offsite.backup("a", "0123456789");
        ends(ExitCode.OK, "1 file shipped", "ship");
        assertThat(pings()).containsExactly("/ping/start", "/ping");
        assertThat(told()).isEmpty();
    }

    @AfterEach
    void stop() {
        receiver.close();
        server.close();
    }

    private Result ends(int exit, String text, String... verb) {
        Result result = offsite.run(verb);
        assertThat(result.exit()).as("%s: %s", List.of(verb), result).isEqualTo(exit);
        assertThat(result.out() + result.err()).contains(text);
        return result;
    }

    private List<String> pings() {
        return receiver.paths().stream()
                .filter(path -> path.startsWith("/ping"))
                .toList();
    }

    /** The events that were told of, in order. */
    private List<String> told() {
        return receiver.requests().stream()
                .filter(request -> request.path().equals("/told"))
                .map(Request::body)
                .map(body -> body.replaceAll("(?s).*\"event\":\"(\\w+)\".*", "$1"))
                .toList();
    }

    private String metrics() throws IOException {
        return Files.readString(folder.resolve("offsite.prom"));
    }

    private String page() throws IOException {
        Path page = folder.resolve("page.html");
        ends(ExitCode.OK, "", "report", "--html", page.toString());
        return Files.readString(page);
    }

    /** By notification, ping, status, page and metrics alike. */
    private void isTold(String kind, String text, String metric) throws IOException {
        assertThat(told()).as("told").last().isEqualTo(kind);
        assertThat(pings()).as("pings").last().isEqualTo("/ping/fail");
        assertThat(ends(ExitCode.FAILED, text, "status").out())
                .contains("db: " + kind.toUpperCase(java.util.Locale.ROOT));
        assertThat(page()).contains(text.substring(0, Math.min(text.length(), 20)));
        assertThat(metrics()).contains(metric);
        assertThat(receiver.requests().stream()
                        .filter(request -> request.path().equals("/told"))
                        .reduce((first, last) -> last)
                        .orElseThrow()
                        .body())
                .contains(text);
    }

    private void isOver(String metric) throws IOException {
        assertThat(told()).as("told").hasSize(2);
        assertThat(pings()).as("pings").last().isEqualTo("/ping");
        ends(ExitCode.OK, "ago", "status");
        assertThat(metrics()).contains(metric);
    }

    @Test
    void aSourceThatIsEmpty() throws IOException {
        Files.delete(offsite.source().resolve("a"));
        clock.move(DAY);
        ends(ExitCode.OK, "nothing new", "ship");
        assertThat(pings()).last().isEqualTo("/ping");
        clock.move(DAY.multipliedBy(3));
        ends(ExitCode.FAILED, "max-age is 26 h", "ship");
        isTold("stale", "no new copy was verified for 3 d", "offsite_stale{job=\"db\"} 1");

        offsite.backup("b", "b");
        ends(ExitCode.OK, "shipped", "ship");
        isOver("offsite_stale{job=\"db\"} 0");
        assertThat(told()).containsExactly("stale", "fresh");
    }

    @Test
    void aSourceFolderThatIsMissing() throws IOException {
        Path away = folder.resolve("away");
        Files.move(offsite.source(), away);
        ends(ExitCode.FAILED, "source", "ship");
        isTold(
                "failed",
                offsite.source().getFileName().toString(),
                "offsite_last_run_failed{job=\"db\",verb=\"ship\"} 1");

        Files.move(away, offsite.source());
        ends(ExitCode.OK, "nothing new", "ship");
        isOver("offsite_last_run_failed{job=\"db\",verb=\"ship\"} 0");
    }

    @Test
    void aDumpThatIsBroken() throws IOException {
        offsite.backup("dump", "cut");
        Path sum = offsite.backup("dump.sha256", "0".repeat(64) + "  dump\n");
        ends(ExitCode.FAILED, "dump", "ship");
        isTold("failed", "dump", "offsite_unshipped_files{job=\"db\"} ");

        Files.delete(sum);
        ends(ExitCode.OK, "shipped", "ship");
        isOver("offsite_last_run_failed{job=\"db\",verb=\"ship\"} 0");
    }

    @Test
    void aDumpThatIsFarTooSmall() throws IOException {
        for (int day = 1; day <= 5; day++) {
            clock.move(DAY.multipliedBy(day));
            Files.write(offsite.source().resolve("dump-%d.db".formatted(day)), new byte[100_000]);
            TestSite.aged(offsite.source().resolve("dump-%d.db".formatted(day)), Duration.ofHours(1));
            ends(ExitCode.OK, "shipped", "ship");
        }
        clock.move(DAY.multipliedBy(6));
        offsite.backup("dump-6.db", "");
        ends(ExitCode.FAILED, "is empty", "ship");
        isTold("refused", "is empty", "offsite_refused{job=\"db\"} 1");

        ends(ExitCode.OK, "acknowledged", "prune", "--acknowledge", "db");
        ends(ExitCode.OK, "nothing new", "ship");
        isOver("offsite_refused{job=\"db\"} 0");
    }

    @Test
    void aServerThatIsDown() throws IOException {
        offsite.backup("b", "b");
        server.close();
        ends(ExitCode.TARGET, "cannot be reached", "ship");
        isTold("failed", "cannot be reached", "offsite_last_run_failed{job=\"db\",verb=\"ship\"} 1");
    }

    @Test
    void aHostKeyThatChanged() throws IOException {
        Path hosts = Path.of(Stream.of(Files.readString(offsite.configuration()).split("\n"))
                .filter(line -> line.startsWith("offsite.known-hosts="))
                .findFirst()
                .orElseThrow()
                .replaceFirst(".*=", ""));
        Path file = offsite.configuration().resolveSibling(hosts);
        String other = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
        String before = Files.readString(file);
        Files.writeString(file, before.replaceAll("(?m)^(\\S+) \\S+ \\S+.*$", "$1 ssh-ed25519 " + other));
        offsite.backup("b", "b");
        ends(ExitCode.TARGET, "key", "ship");
        isTold("failed", "key", "offsite_last_run_failed{job=\"db\",verb=\"ship\"} 1");

        Files.writeString(file, before);
        ends(ExitCode.OK, "shipped", "ship");
        isOver("offsite_last_run_failed{job=\"db\",verb=\"ship\"} 0");
    }

    @Test
    void copiesThatAreDamaged() throws IOException {
        Files.writeString(offsite.dated().resolve("a"), "9876543210");
        Files.delete(offsite.source().resolve("a"));
        ends(ExitCode.FAILED, "changed", "scrub");
        ends(ExitCode.FAILED, "nothing new, but 1 copy is missing or damaged", "ship");
        isTold("damaged", "1 copy is missing or damaged", "offsite_damaged{job=\"db\"} 1");

        Files.writeString(offsite.dated().resolve("a"), "0123456789");
        ends(ExitCode.OK, "", "scrub");
        ends(ExitCode.OK, "nothing new", "ship");
        isOver("offsite_damaged{job=\"db\"} 0");
    }

    @Test
    void aServerThatIsFull() throws IOException {
        Path root = offsite.root();
        Path before = folder.resolve("before");
        run("cp", "-a", root.toString(), before.toString());
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", root.toString());
        try {
            run("cp", "-a", before + "/.", root.toString());
            Files.write(offsite.source().resolve("b"), new byte[200_000]);
            TestSite.aged(offsite.source().resolve("b"), Duration.ofHours(1));
            ends(ExitCode.FAILED, "is full", "ship");
            isTold("failed", "is full", "offsite_last_run_failed{job=\"db\",verb=\"ship\"} 1");
        } finally {
            run("umount", root.toString());
        }
        ends(ExitCode.OK, "shipped", "ship");
        isOver("offsite_last_run_failed{job=\"db\",verb=\"ship\"} 0");
    }

    private void run(String... command) {
        Result result = TestSite.tool(folder, command);
        assertThat(result.exit()).as("as root: %s", result).isZero();
    }

    /** No ping comes, which the switch notices; and whoever asks for the status hears of it after max-age. */
    @Test
    void anOffsiteThatDoesNotRun() throws IOException {
        clock.move(DAY.multipliedBy(3));
        assertThat(ends(ExitCode.FAILED, "no new copy was verified for 3 d", "status")
                        .out())
                .contains("db: STALE");
        assertThat(page()).contains("No new copy was verified for 3 d");
        assertThat(pings()).containsExactly("/ping/start", "/ping");
        assertThat(told()).isEmpty();
    }

    @Test
    void aDrillThatFails() throws IOException {
        offsite.job("drill-command", "echo unreadable; exit 1");
        ends(ExitCode.FAILED, "FAILED", "drill");
        assertThat(told()).containsExactly("failed");
        ends(ExitCode.FAILED, "db: FAILED: drill: ", "status");
        assertThat(metrics()).contains("offsite_last_run_failed{job=\"db\",verb=\"drill\"} 1");
        offsite.job("drill-command", "true");
        ends(ExitCode.OK, "passed", "drill");
        assertThat(told()).hasSize(2);
        ends(ExitCode.OK, "ago", "status");
    }

    @Test
    void aClockThatIsWrong() throws IOException {
        clock.move(DAY.negated());
        ends(ExitCode.FAILED, "in the future", "ship");
        isTold("stale", "is the clock of this machine right", "offsite_stale{job=\"db\"} 1");
        clock.move(Duration.ZERO);
        ends(ExitCode.OK, "nothing new", "ship");
        isOver("offsite_stale{job=\"db\"} 0");
    }

    @Test
    void aReceiverThatIsDown() throws IOException {
        receiver.down();
        Files.move(offsite.source(), folder.resolve("away"));
        ends(ExitCode.FAILED, "source", "ship");
        assertThat(ends(ExitCode.FAILED, "ops", "status").out()).contains("not told");
        receiver.up();
        clock.move(Duration.ofHours(1));
        ends(ExitCode.FAILED, "source", "ship");
        assertThat(told()).contains("failed");
        assertThat(ends(ExitCode.FAILED, "FAILED", "status").out()).doesNotContain("not told");
    }

    private static String get(int port, String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                    .timeout(Duration.ofSeconds(10))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> subjects(GreenMail mail) throws MessagingException {
        List<String> subjects = new ArrayList<>();
        for (MimeMessage message : mail.getReceivedMessages()) {
            subjects.add(message.getSubject());
        }
        return subjects;
    }

    /** In the service, on a clock that is moved: three days without a backup. Each within a minute. */
    @Test
    void theServiceTellsOfThreeDaysWithoutABackupAndClearsByItself() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.start();
        int port = FreePort.find();
        offsite.set("offsite.http.port", String.valueOf(port))
                .set(
                        "offsite.notify[mail].to",
                        "smtp://127.0.0.1:%d?to=ops@example.org&from=offsite@example.org"
                                .formatted(mail.getSmtp().getPort()))
                .job("poll", "1s");
        try (CamelApplication service = CamelApplication.start(Configuration.load(offsite.configuration()), true)) {
            assertThat(service.context().isStarted()).isTrue();
            await().atMost(MINUTE).until(() -> get(port, "/observe/metrics").contains("offsite_stale{job=\"db\"} 0"));
            assertThat(get(port, "/observe/health")).contains("\"status\":\"UP\"");

            clock.move(DAY.multipliedBy(3));
            await().atMost(MINUTE).until(() -> subjects(mail).size() == 1);
            assertThat(subjects(mail).get(0)).contains("db");
            assertThat(told()).containsExactly("stale");
            await().atMost(MINUTE).until(() -> pings().get(pings().size() - 1).equals("/ping/fail"));
            await().atMost(MINUTE).until(() -> get(port, "/observe/metrics").contains("offsite_stale{job=\"db\"} 1"));
            assertThat(get(port, "/observe/health")).contains("no new copy was verified for 3 d");
            assertThat(get(port, "/")).contains("no new copy was verified for 3 d");
            ends(ExitCode.FAILED, "db: STALE", "status");

            Files.writeString(offsite.source().resolve("b"), "b");
            TestSite.aged(offsite.source().resolve("b"), Duration.ofHours(1));
            await().atMost(MINUTE).until(() -> subjects(mail).size() == 2);
            assertThat(told()).containsExactly("stale", "fresh");
            await().atMost(MINUTE).until(() -> pings().get(pings().size() - 1).equals("/ping"));
            await().atMost(MINUTE).until(() -> get(port, "/observe/metrics").contains("offsite_stale{job=\"db\"} 0"));
            assertThat(get(port, "/observe/health")).doesNotContain("no new copy was verified");
            assertThat(get(port, "/")).doesNotContain("no new copy was verified");
            ends(ExitCode.OK, "ago", "status");
        } finally {
            mail.stop();
        }
    }
}
