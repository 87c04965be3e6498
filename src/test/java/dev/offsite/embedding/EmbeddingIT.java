package dev.offsite.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other people's applications (src/it), built against the jar alone, against a real sshd. */
@RequiresSshd
@Timeout(120)
class EmbeddingIT {

    private static final Path APPLICATIONS = Path.of("target", "it").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private OpenSshServer server;
    private Path work;
    private Path root;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        work = Files.createDirectory(folder.resolve("work"));
        root = folder.resolve("off site");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aPlainCamelApplicationPutsAFileAndShipsAJob() throws Exception {
        Path plain = APPLICATIONS.resolve("plain/target");
        String[] java = {
            "-cp",
            plain.resolve("plain-1.jar") + ":" + plain.resolve("dependency") + "/*",
            "com.example.PlainApplication"
        };
        Application.write(work.resolve("backups/own.tar"), "own");
        Application.write(work.resolve("dumps/app.dump"), "dump");
        try (Application application = Application.start(work, server, root, java)) {
            awaitListed(application, "db", "db1/app.dump", "own.tar");
            await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("dumps/off-site/app.dump")));
            await().atMost(PATIENCE).until(() -> application.log().contains("db: 1 shipped, 0 not"));

            assertVerified("db");
            assertThat(application.log())
                    .contains("app.dump is at " + dated("db") + "/db1/app.dump, SHA-256 ")
                    .contains(" 4 bytes, verified by sha256sum")
                    // Its own logging, in its own form.
                    .contains("INFO dumps - app.dump is at")
                    .doesNotContain("Exception", "ERROR");
            application.stop();
            assertThat(application.log()).contains("shutdown in").doesNotContain("Forcing", "Timeout occurred");
        }

        // The ledger is free, and knows what was shipped.
        Application.write(work.resolve("backups/next.tar"), "next");
        try (Application again = Application.start(work, server, root, java)) {
            awaitListed(again, "db", "db1/app.dump", "own.tar", "next.tar");
            again.stop();
            assertThat(again.log().lines().filter(line -> line.contains("own.tar ->")))
                    .hasSize(1);
        }
    }

    @Test
    void theCommandsDependenciesAreNotNeeded() throws IOException {
        assertThat(APPLICATIONS.resolve("plain/target/dependency").toFile().list())
                .anyMatch(jar -> jar.startsWith("camel-offsite"))
                .noneMatch(jar -> jar.matches("(picocli|logback|progressbar|sshd-sftp|jline).*"));
        try (JarFile jar = new JarFile(APPLICATIONS
                .resolve("plain/target/dependency/camel-offsite-0.1.0-SNAPSHOT.jar")
                .toFile())) {
            assertThat(jar.stream().map(entry -> entry.getName()).filter(name -> !name.endsWith("/")))
                    .allMatch(name -> name.startsWith("dev/offsite/")
                            || name.startsWith("META-INF/")
                            || name.matches("camel/[a-z]+[.]camel[.]yaml"));
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isNull();
        }
    }

    @Test
    void aSpringBootApplicationShipsTwoJobs() throws Exception {
        Path jar = APPLICATIONS.resolve("spring-boot/target/spring-boot-1.jar");
        Application.write(work.resolve("invoices/2026/1.pdf"), "invoice");
        Application.write(work.resolve("invoices/notes.txt"), "not this one");
        Application.write(work.resolve("ledgers/1.csv"), "ledger");
        try (Application application = Application.start(work, server, root, "-jar", jar.toString())) {
            awaitListed(application, "invoices", "2026/1.pdf");
            awaitListed(application, "ledgers", "1.csv");
            await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("ledgers-off-site/1.csv")));

            assertVerified("invoices");
            assertVerified("ledgers");
            assertThat(TestSite.filesIn(dated("invoices"))).containsExactlyInAnyOrder("2026/1.pdf", "SHA256SUMS");
            assertThat(work.resolve("ledgers/1.csv")).doesNotExist();
            assertThat(work.resolve("invoices/2026/1.pdf")).exists();
            assertThat(application.log())
                    .contains(":: Spring Boot ::", "offsite ")
                    .doesNotContain("Exception", "ERROR");
            application.stop();
            assertThat(application.log()).contains("shutdown in").doesNotContain("Forcing", "Timeout occurred");
        }
    }

    private Path dated(String job) throws IOException {
        List<Path> dated = Application.dated(root.resolve(job));
        assertThat(dated).hasSize(1);
        return dated.get(0);
    }

    private void awaitListed(Application application, String job, String... names) throws IOException {
        await().atMost(PATIENCE).conditionEvaluationListener(condition -> {}).untilAsserted(() -> {
            assertThat(application.running()).as(application.log()).isTrue();
            assertThat(dated(job).resolve("SHA256SUMS"))
                    .as(application.log())
                    .content()
                    .contains(names);
        });
    }

    /** With sha256sum alone, as a stranger would. */
    private void assertVerified(String job) throws IOException {
        assertThat(TestSite.tool(dated(job), "sha256sum", "--strict", "-c", "SHA256SUMS")
                        .exit())
                .isZero();
    }
}
