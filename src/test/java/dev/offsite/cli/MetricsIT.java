package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.FreePort;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Health and metrics of the distribution, with Debian's prometheus and promtool. */
@RequiresSshd
@Timeout(240)
class MetricsIT {

    private static final Duration SOON = Duration.ofSeconds(90);
    private static final Path RULES = Path.of("monitoring/offsite.rules.yml").toAbsolutePath();

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite offsite;
    private int port;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        port = FreePort.find();
        offsite = TestSite.of(folder, server).job("poll", "500ms");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void theServiceTellsTheHealthOfEachJob() throws Exception {
        offsite.target("http.port", String.valueOf(port)).job("max-age", "1s");
        try (Running serving = serve()) {
            await().atMost(SOON).until(() -> get("/observe/health").body().contains("no copy was ever verified"));
            assertThat(get("/observe/health").statusCode()).isEqualTo(503);
            assertThat(get("/observe/health").body())
                    .contains("\"name\":\"offsite-db\",\"status\":\"DOWN\"")
                    .doesNotContain("Exception");
            assertThat(get("/observe/health/live").statusCode()).isEqualTo(200);
            assertThat(get("/observe/health/ready").statusCode()).isEqualTo(200);
            String metrics = get("/observe/metrics").body();
            assertThat(metrics.lines()).contains("offsite_stale{job=\"db\"} 1.0");
            assertThat(metrics).contains("offsite_build_info{");
            checkMetrics(metrics);

            assertThat(listeners(port))
                    .singleElement()
                    .asString()
                    .as("127.0.0.1, or the same within IPv6")
                    .isIn("0100007F", "0000000000000000FFFF00000100007F");
            serving.process().destroy();
            Result end = serving.end();
            assertThat(end.exit()).as("%s", end).isZero();
            assertThat(end.complaints()).as("%s", end).allMatch(line -> line.contains("no copy was ever verified"));
        }
    }

    @Test
    void routesOfTheUserUseTheSameServer() throws Exception {
        offsite.target("http.port", String.valueOf(port));
        offsite.route(
                "hello.camel.yaml",
                """
                - route:
                    from:
                      uri: platform-http:/hello
                      steps:
                        - setBody:
                            constant: hello
                """);
        try (Running serving = serve()) {
            assertThat(get("/hello").body()).as(serving.err()).isEqualTo("hello");
        }
    }

    @Test
    void anotherAddressAsksForThePassword() throws Exception {
        offsite.target("http.port", String.valueOf(port)).target("http.host", "0.0.0.0");
        Result refused = offsite.asProcess().run("serve");
        assertThat(refused.exit()).as("%s", refused).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(refused.err()).contains("offsite.http.password-file");

        Path file = Files.writeString(folder.resolve("http-password"), "me:s3cret:, word\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        offsite.target("http.host", "127.0.0.1").target("http.password-file", file.toString());
        try (Running serving = serve()) {
            for (String path : List.of("/observe/health", "/observe/health/live", "/observe/metrics", "/", "/other")) {
                assertThat(get(path).statusCode()).as(path).isEqualTo(401);
                assertThat(get(path, "me:s3cret").statusCode()).as(path).isEqualTo(401);
                assertThat(get(path, "you:s3cret:, word").statusCode()).as(path).isEqualTo(401);
            }
            assertThat(get("/observe/metrics", "me:s3cret:, word").statusCode()).isEqualTo(200);
            HttpResponse<String> page = get("/", "me:s3cret:, word");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("The job ", "<h2 id=\"job-db-name\">");
            assertThat(serving.err()).doesNotContain("s3cret");
        }
    }

    /** So that nobody waits for the first page: with its own password. */
    @Test
    void theServiceFetchesItsOwnPageFirst() throws Exception {
        Path file = Files.writeString(folder.resolve("http-password"), "me:s3cret:, word\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        offsite.target("http.port", String.valueOf(port)).target("http.password-file", file.toString());
        offsite.target("http.host", "0.0.0.0");
        try (Running serving = offsite.start("serve", "--debug")) {
            await().atMost(SOON).until(() -> serving.err().contains("/observe/metrics has "));
            assertThat(serving.err())
                    .containsPattern(" / has [0-9]{5,} bytes")
                    .containsPattern("/observe/metrics has [0-9]{4,} bytes")
                    .doesNotContain("s3cret");
        }
    }

    @Test
    void aPortThatIsTakenEndsTheStartAndRefusesAReload() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            offsite.target("http.port", String.valueOf(taken.getLocalPort()));
            Result refused = offsite.asProcess().run("serve");
            assertThat(refused.exit()).as("%s", refused).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(refused.complaints())
                    .as("%s", refused)
                    .singleElement()
                    .asString()
                    .contains("offsite.http.port");

            offsite.target("http.port", String.valueOf(port));
            try (Running serving = serve()) {
                offsite.target("http.port", String.valueOf(taken.getLocalPort()))
                        .configuration();
                await().atMost(SOON).until(() -> serving.err().contains("refused; what ran before goes on running"));
                assertThat(get("/observe/health/live").statusCode()).isEqualTo(200);

                int other = FreePort.find();
                offsite.target("http.port", String.valueOf(other)).configuration();
                await().atMost(SOON).until(() -> serving.err().contains("applied"));
                port = other;
                assertThat(get("/observe/health/live").statusCode()).isEqualTo(200);

                offsite.job("max-age", "3h").configuration();
                await().atMost(SOON)
                        .until(() -> serving.err()
                                        .lines()
                                        .filter(line -> line.contains("applied"))
                                        .count()
                                == 2);
                assertThat(get("/observe/metrics").body()).contains("offsite_max_age_seconds{job=\"db\"} 10800.0");
            }
        }
    }

    @Test
    void singleRunsWriteAFileForACollector() throws Exception {
        Path file = folder.resolve("offsite.prom");
        offsite.target("metrics-file", file.toString());
        offsite.backup("dump.sql", "a dump");
        ProcessBuilder shell = new ProcessBuilder(
                "sh",
                "-c",
                "umask 077; exec \"$@\"",
                "sh",
                "target/offsite/bin/offsite",
                "ship",
                "-c",
                offsite.configuration().toString());
        shell.directory(new File("").getAbsoluteFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("ship.out").toFile());
        Process ship = shell.start();
        assertThat(ship.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(ship.exitValue())
                .as(Files.readString(folder.resolve("ship.out")))
                .isZero();

        assertThat(file).content().contains("offsite_shipped_copies_total{job=\"db\"} 1\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        checkMetrics(Files.readString(file));
        for (List<String> verb : List.of(
                List.of("scrub"),
                List.of("prune"),
                List.of("drill"),
                List.of("restore", "db", "--to", folder.resolve("back").toString()))) {
            Files.delete(file);
            Result run = offsite.run(verb.toArray(String[]::new));
            assertThat(run.exit()).as("%s", run).isZero();
            assertThat(file).as("%s", verb).content().contains("verb=\"%s\"} 0".formatted(verb.get(0)));
        }
        assertThat(offsite.target(
                                "metrics-file",
                                folder.resolve("missing/offsite.prom").toString())
                        .run("ship")
                        .err())
                .contains("offsite.metrics-file: there is no folder");
    }

    @Test
    void theRulesAreRight() {
        Path monitoring = RULES.getParent();
        Result check = TestSite.tool(monitoring, "promtool", "check", "rules", "offsite.rules.yml");
        assertThat(check.exit()).as("%s", check).isZero();
        Result test = TestSite.tool(monitoring, "promtool", "test", "rules", "offsite.rules.test.yml");
        assertThat(test.exit()).as("%s", test).isZero();
    }

    @Test
    void prometheusAlertsOfAStaleJobUntilACopyIsVerified() throws Exception {
        offsite.target("http.port", String.valueOf(port)).job("max-age", "10m");
        int web = FreePort.find();
        Path configuration = Files.writeString(
                folder.resolve("prometheus.yml"),
                """
                global: {scrape_interval: 1s, evaluation_interval: 1s}
                rule_files: ["%s"]
                scrape_configs:
                  - job_name: offsite
                    honor_labels: true
                    metrics_path: /observe/metrics
                    static_configs: [{targets: ["127.0.0.1:%d"]}]
                """
                        .formatted(RULES, port));
        // The last copy was verified an hour ago, as far as this machine remembers.
        offsite.backup("old.sql", "a dump");
        assertThat(offsite.run("ship").exit()).isZero();
        Path memory = offsite.state().resolve("db.memory");
        Files.writeString(
                memory,
                Files.readString(memory).replaceFirst("(\"verified\":\\{\"at\":\")[^\"]*", "$12020-01-31T02:30:00Z"));
        Process prometheus = new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + folder.resolve("prometheus"),
                        "--web.listen-address=127.0.0.1:" + web,
                        "--log.level=warn")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("prometheus.out").toFile())
                .start();
        try (Running serving = serve()) {
            await().atMost(SOON).until(() -> alerts(web).contains("OffsiteStale"));
            assertThat(alerts(web)).contains("offsite ship db");

            offsite.backup("new.sql", "another dump");

            await().atMost(SOON).until(() -> !alerts(web).contains("OffsiteStale"));
            assertThat(serving.err()).contains("new.sql -> ");
            assertThat(alerts(web)).doesNotContain("OffsiteServiceDown");
        } finally {
            prometheus.destroy();
            if (!prometheus.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)) {
                prometheus.destroyForcibly();
            }
        }
    }

    private static String alerts(int web) throws IOException, InterruptedException {
        try {
            return send("http://127.0.0.1:%d/api/v1/alerts".formatted(web), null)
                    .body();
        } catch (java.net.ConnectException notYet) {
            return "";
        }
    }

    private Running serve() {
        return offsite.start("serve").says("serving db");
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(path, null);
    }

    private HttpResponse<String> get(String path, String login) throws IOException, InterruptedException {
        return send("http://127.0.0.1:%d%s".formatted(port, path), login);
    }

    private static HttpResponse<String> send(String url, String login) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(SOON);
        if (login != null) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    private void checkMetrics(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("metrics.txt"), text);
        Result check = TestSite.tool(folder, "sh", "-c", "promtool check metrics <" + file.getFileName());
        assertThat(check.exit()).as("%s", check).isZero();
        assertThat(check.out() + check.err()).isEmpty();
    }

    /** The addresses that something listens at on that port, as Linux writes them. */
    private static List<String> listeners(int port) throws IOException {
        List<String> addresses = new ArrayList<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] words = line.strip().split("\\s+", -1);
                if (words[3].equals("0A") && words[1].endsWith(":%04X".formatted(port))) {
                    addresses.add(words[1].substring(0, words[1].indexOf(':')));
                }
            }
        }
        return addresses;
    }
}
