package dev.offsite.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Other people's applications (src/it), built against the jar alone for each platform, against a real sshd. */
@RequiresSshd
@Timeout(120)
class EmbeddingIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final boolean NEWER_TOO = Boolean.getBoolean("offsite.apps");
    private static final String SKIPPED =
            "Skipped: the applications on Camel 4.22.0, which only mvn verify -Papps builds and tests";

    /** What the applications run on. */
    enum Platform {
        CAMEL_4_17("it", "4.17.0", "3.5.9"),
        CAMEL_4_22("it-camel-4.22.0", "4.22.0", "4.0.7");

        private final Path applications;
        private final String camel;
        private final String boot;

        Platform(String applications, String camel, String boot) {
            this.applications = Path.of("target", applications).toAbsolutePath();
            this.camel = camel;
            this.boot = boot;
        }

        void assumeBuilt() {
            assumeTrue(this == CAMEL_4_17 || NEWER_TOO, SKIPPED);
        }

        Path plain(String file) {
            return applications.resolve("plain/target").resolve(file);
        }

        Path boot(String file) {
            return applications.resolve("spring-boot/target").resolve(file);
        }
    }

    @TempDir
    static Path serverFolder;

    private static OpenSshServer server;

    @TempDir
    Path folder;

    private Path work;
    private Path root;

    @BeforeAll
    static void start() throws IOException {
        if (!NEWER_TOO) {
            System.out.println(SKIPPED);
        }
        server = OpenSshServer.start(serverFolder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void prepare() throws IOException {
        work = Files.createDirectory(folder.resolve("work"));
        root = folder.resolve("off site");
    }

    @ParameterizedTest
    @EnumSource
    void aPlainCamelApplicationPutsAFileShipsTwoJobsAndGetsAFileBack(Platform platform) throws Exception {
        platform.assumeBuilt();
        String[] java = {
            "-cp",
            platform.plain("plain-1.jar") + ":" + platform.plain("dependency") + "/*",
            "com.example.PlainApplication"
        };
        Application.write(work.resolve("backups/own.tar"), "own");
        Application.write(work.resolve("dumps/app.dump"), "dump");
        Application.write(work.resolve("settings/by-the-clock.conf"), "conf");
        try (Application application = Application.start(work, server, root, java)) {
            awaitListed(application, "db", "db1/app.dump", "own.tar");
            await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("dumps/off-site/app.dump")));
            await().atMost(PATIENCE).until(() -> application.log().contains("db: shipped: {\"event\":\"shipped\""));
            Files.createFile(work.resolve("wanted/own.tar"));
            awaitListed(application, "settings", "by-the-clock.conf");
            await().atMost(PATIENCE).until(() -> application.log().contains("own.tar is back from "));

            assertVerified("db");
            assertVerified("settings");
            assertThat(work.resolve("restored/own.tar")).hasContent("own");
            assertThat(application.log())
                    .contains("Apache Camel " + platform.camel + " ")
                    .contains("app.dump is at " + dated("db") + "/db1/app.dump, SHA-256 ")
                    .contains(" 4 bytes, verified by hash")
                    // Its own logging, in its own form.
                    .contains("INFO dumps - app.dump is at")
                    .doesNotContain("Exception", "ERROR", "WARN");
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

    @ParameterizedTest
    @EnumSource
    void theCommandsDependenciesAreNotNeeded(Platform platform) throws IOException {
        platform.assumeBuilt();
        assertThat(platform.plain("dependency").toFile().list())
                .contains("camel-main-" + platform.camel + ".jar", "camel-ssh-4.17.0.jar")
                .anyMatch(jar -> jar.startsWith("camel-offsite"))
                .noneMatch(jar -> jar.matches("(picocli|logback|progressbar|sshd-sftp|jline).*"));
        try (JarFile jar = new JarFile(
                platform.plain("dependency/camel-offsite-0.1.0-SNAPSHOT.jar").toFile())) {
            assertThat(jar.stream().map(entry -> entry.getName()).filter(name -> !name.endsWith("/")))
                    .allMatch(name -> name.startsWith("dev/offsite/")
                            || name.startsWith("META-INF/")
                            || name.startsWith("kamelets/")
                            || name.matches("camel/[a-z]+[.]camel[.]yaml"));
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSpringBootApplicationShipsTwoJobs(Platform platform) throws Exception {
        platform.assumeBuilt();
        Path jar = platform.boot("spring-boot-1.jar");
        Application.write(work.resolve("invoices/2026/1.pdf"), "invoice");
        Application.write(work.resolve("invoices/notes.txt"), "not this one");
        Application.write(work.resolve("ledgers/by-the-clock.csv"), "ledger");
        try (Application application = Application.start(work, server, root, "-jar", jar.toString())) {
            awaitListed(application, "invoices", "2026/1.pdf");
            awaitListed(application, "ledgers", "by-the-clock.csv");
            await().atMost(PATIENCE).until(() -> Files.exists(work.resolve("ledgers-off-site/by-the-clock.csv")));

            assertVerified("invoices");
            assertVerified("ledgers");
            // A probe of how the server hashes is there until the run has ended.
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(TestSite.filesIn(dated("invoices")))
                    .containsExactlyInAnyOrder("2026/1.pdf", "SHA256SUMS"));
            assertThat(work.resolve("ledgers/by-the-clock.csv")).doesNotExist();
            assertThat(work.resolve("invoices/2026/1.pdf")).exists();
            assertThat(application.log())
                    .contains(":: Spring Boot ::", "(v" + platform.boot + ")", "Apache Camel " + platform.camel + " ")
                    .contains("offsite ")
                    .doesNotContain("Exception", "ERROR", "WARN");
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
