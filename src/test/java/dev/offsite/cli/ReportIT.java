package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.report.Page;
import dev.offsite.support.FreePort;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of the distribution: as a file, and from the service. */
@RequiresSshd
@Timeout(240)
class ReportIT {

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = TestSite.of(folder, server);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void writesAFileThatOnlyWeMayReadUnlessItWasOpenBefore() throws IOException {
        Path file = folder.resolve("page.html");
        Result empty = offsite.run("report", "--html", file.toString());
        assertThat(empty.exit()).as("%s", empty).isZero();
        assertThat(file).content().contains("The job has no verified copy yet").endsWith("</html>\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        offsite.backup("app.sql", "a dump");
        assertThat(offsite.run("ship").exit()).isZero();
        Path link = Files.createSymbolicLink(folder.resolve("link.html"), file);
        assertThat(offsite.run("report", "--html", link.toString(), "db").exit())
                .isZero();

        assertThat(file).content().contains("The job is well").contains("offsite restore db --to restored/db");
        assertThat(link).isSymbolicLink();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-r--r--");
        try (var left = Files.list(folder)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.startsWith(".offsite-"));
        }
        assertThat(offsite.run("report", "--html", "/dev/null").exit()).isZero();
        assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
        assertThat(offsite.run("report", "--html", "-").out()).contains("The job is well");
    }

    @Test
    void saysWhatCannotBeWrittenOrDoesNotExist() {
        Result nowhere = offsite.run(
                "report", "--html", folder.resolve("missing/page.html").toString());
        assertThat(nowhere.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(nowhere.err())
                .contains("missing/page.html cannot be written")
                .hasLineCount(1);
        assertThat(offsite.run("report", "--html", "-", "nope").exit()).isEqualTo(ExitCode.CONFIGURATION);
    }

    @Test
    void theServiceShowsIt() throws Exception {
        int port = FreePort.find();
        offsite.target("http.port", String.valueOf(port)).job("poll", "500ms");
        offsite.backup("app.sql", "a dump");
        try (Running serving = offsite.asProcess().start("serve")) {
            serving.says("serving");
            await().atMost(Duration.ofSeconds(90))
                    .until(() -> send(port, "GET", "/").body().contains("The job is well"));

            HttpResponse<String> page = send(port, "GET", "/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(page.headers().firstValue("Content-Security-Policy")).contains(Page.policy());
            assertThat(Page.policy())
                    .contains("default-src 'none'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
            assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
            assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(page.headers().map()).doesNotContainKeys("User-Agent", "job", "CamelHttpResponseCode");

            assertThat(send(port, "GET", "/jobs/db").body()).contains("id=\"job-db\"");
            assertThat(send(port, "GET", "/jobs/nope").statusCode()).isEqualTo(404);
            HttpResponse<String> head = send(port, "HEAD", "/");
            assertThat(head.statusCode()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(send(port, "POST", "/").statusCode()).isEqualTo(405);
            assertThat(offsite.run("report", "--html", "-").out()).contains("The job is well");
        }
    }

    private static HttpResponse<String> send(int port, String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .method(method, BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(30))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }
}
