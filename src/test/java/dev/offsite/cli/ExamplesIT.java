package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.PostgresServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jobs of {@code examples/}, with what they are for: their servers are real. */
@Timeout(300)
@RequiresSshd
class ExamplesIT {

    private static final Path EXAMPLES = Path.of("examples");

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("server"));
        site = TestSite.of(folder, server).asProcess();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Takes over how its job works; where it goes is that of the test. */
    private void use(String example, String job) throws IOException {
        Properties properties = new Properties();
        try (Reader file = Files.newBufferedReader(EXAMPLES.resolve(example).resolve("application.properties"))) {
            properties.load(file);
        }
        String prefix = "camel.routeTemplate[%s].".formatted(job);
        properties.stringPropertyNames().stream()
                .filter(key -> key.startsWith(prefix) && !key.matches(".*\\.(templateId|source|root)"))
                .forEach(key -> site.job(key.substring(prefix.length()), properties.getProperty(key)));
    }

    @Test
    void aPostgresqlDatabaseComesBackWholeFromWhatWasShippedAtNight() throws IOException {
        use("postgresql", "app");
        try (PostgresServer postgres = PostgresServer.start()) {
            postgres.environment().forEach(site::env);
            postgres.sql("postgres", "create database app");
            postgres.sql("app", "create table visits as select generate_series(1, 1000) as number");

            Result shipped = site.run("ship");
            assertThat(shipped.exit()).as("%s", shipped).isZero();
            assertThat(site.dated().resolve("app.dump")).isNotEmptyFile();

            Result drill = site.run("drill");
            assertThat(drill.exit()).as("%s", drill).isZero();

            Path restored = folder.resolve("restored");
            assertThat(site.run("restore", "db", "--to", restored.toString()).exit())
                    .isZero();
            postgres.sql("postgres", "drop database app");
            postgres.run(
                    "pg_restore",
                    "--create",
                    "--dbname",
                    "postgres",
                    restored.resolve("app.dump").toString());
            assertThat(postgres.sql("app", "select count(*), sum(number) from visits"))
                    .isEqualTo("1000|500500");
        }

        Result withoutServer = site.run("ship");
        assertThat(withoutServer.exit()).as("%s", withoutServer).isEqualTo(ExitCode.FAILED);
        assertThat(withoutServer.out()).contains("db: nothing shipped: before-command exited with 1: ");
        assertThat(withoutServer.err()).contains("before-command: pg_dump: error: connection to server on socket ");
    }
}
