package dev.offsite.cluster.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.ClusterException;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.cluster.Clusters;
import dev.offsite.io.StateException;
import dev.offsite.support.FreePort;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with the configuration, or with the database, is one plain line at once. */
@Timeout(60)
class WrongDatabaseIT {

    private static final Times IMPATIENT =
            new Times(Duration.ofSeconds(3), Duration.ofSeconds(20), Duration.ZERO, Duration.ofSeconds(1));

    @AutoClose
    private static PostgresServer server;

    @BeforeAll
    static void startServer() throws IOException {
        server = PostgresServer.start();
    }

    private static ClusterSettings withUrl(ClusterSettings settings, String url) {
        return new ClusterSettings(Optional.of(url), settings.user(), settings.passwordFile());
    }

    private static String database(ClusterSettings settings) {
        String url = settings.url().orElseThrow();
        return url.substring(url.lastIndexOf('/') + 1);
    }

    private static AbstractThrowableAssert<?, ?> refused(ClusterSettings settings) {
        return assertThatThrownBy(() -> open(settings).close())
                .isInstanceOf(ClusterException.class)
                .hasNoCause()
                .satisfies(problem -> assertThat(problem.getMessage()).doesNotContain("\n", "Exception", "FATAL"));
    }

    @Test
    void aWrongLoginIsNamed() throws IOException {
        String name = database(server.database());
        refused(server.settings(name, "another"))
                .hasMessage(
                        "the cluster's database (127.0.0.1:%d/%s) refuses: password authentication failed for user"
                                + " \"offsite\"; see offsite.cluster.user and offsite.cluster.password-file",
                        server.port(), name);
        ClusterSettings right = server.settings(name, "any");
        refused(new ClusterSettings(right.url(), Optional.of("nobody"), right.passwordFile()))
                .hasMessageContaining("for user \"nobody\"");
        refused(new ClusterSettings(right.url(), right.user(), Optional.empty()))
                .hasMessageContaining("no password was provided; see", "offsite.cluster.password-file");
        refused(new ClusterSettings(right.url(), right.user(), Optional.of(Path.of("/no/such/file"))))
                .hasMessage("offsite.cluster.password-file: /no/such/file cannot be read");
    }

    @Test
    void aMissingDatabaseIsNamed() throws IOException {
        ClusterSettings right = server.database();
        refused(withUrl(right, "jdbc:postgresql://127.0.0.1:%d/nothing".formatted(server.port())))
                .hasMessageContaining("refuses: database \"nothing\" does not exist; create it");
        refused(withUrl(right, "jdbc:postgresql://no-such-host.invalid/offsite"))
                .hasMessage("the cluster's database (no-such-host.invalid/offsite) has an unknown host");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mysql://127.0.0.1/offsite",
                "postgresql://127.0.0.1/offsite",
                "jdbc:postgresql:offsite",
                "jdbc:postgresql://127.0.0.1/",
                "jdbc:postgresql://127.0.0.1",
                "jdbc:postgresql://me:secret@127.0.0.1/offsite",
                "jdbc:postgresql://127.0.0.1/offsite?user=me&password=secret",
                "jdbc:postgresql://127.0.0.1/offsite?sslPassword=secret",
                "jdbc:postgresql://127.0.0.1:port/offsite",
                "jdbc:postgresql://127.0.0.1/off%zzsite"
            })
    void aUrlThatIsNoneIsRefusedWithoutItsSecret(String url) {
        refused(new ClusterSettings(Optional.of(url), Optional.of("me"), Optional.empty()))
                .hasMessageStartingWith("offsite.cluster: ")
                .satisfies(problem -> assertThat(problem.getMessage()).doesNotContain("secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2p1\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "N?????", ""})
    void whatIsNoPostgresqlIsNamed(String greeting) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> {
                while (!other.isClosed()) {
                    try (Socket client = other.accept();
                            OutputStream out = client.getOutputStream()) {
                        client.getInputStream().read(new byte[8]);
                        out.write(greeting.getBytes(StandardCharsets.US_ASCII));
                    } catch (IOException e) {
                        // The next one.
                    }
                }
            });
            answering.start();
            String url = "jdbc:postgresql://127.0.0.1:%d/offsite".formatted(other.getLocalPort());
            ClusterSettings settings = withUrl(server.settings("any", "any"), url);
            assertThatThrownBy(
                            () -> PostgresCluster.open(settings, "1", IMPATIENT).leads())
                    .satisfies(problem -> assertThat(problem.getMessage())
                            .startsWith(
                                    "the cluster's database (127.0.0.1:%d/offsite) ".formatted(other.getLocalPort()))
                            .doesNotContain("\n", "Exception"))
                    .isInstanceOfAny(ClusterException.class, StateException.class);
        }
    }

    @Test
    void whoMayNotMakeTablesIsTold() throws IOException {
        ClusterSettings settings = server.database();
        server.sql("postgres", "alter database %s owner to postgres".formatted(database(settings)));
        refused(settings)
                .hasMessageContaining("permission denied for schema public; let the database belong to the user");
    }

    @Test
    void anotherEncodingIsRefused() throws IOException {
        server.sql(
                "postgres",
                "create database latin owner offsite encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0");
        ClusterSettings latin =
                withUrl(server.database(), "jdbc:postgresql://127.0.0.1:%d/latin".formatted(server.port()));
        refused(latin).hasMessageContaining("has the encoding LATIN1; create it with encoding 'UTF8'");
    }

    @Test
    void aNewerSchemaIsRefusedOnlyIfItIsAnotherOne() throws IOException {
        ClusterSettings settings = server.database();
        open(settings).close();
        server.sql(
                database(settings),
                "insert into offsite_schema_history values (7, '7', 'x', 'SQL', 'x', 0, 'x', now(), 1, true)");
        open(settings).close();
        server.sql(database(settings), "update offsite_compatible set least = 7");
        refused(settings)
                .hasMessageContaining("was upgraded by a newer version of Offsite (schema 7, and this one knows 2)");
    }

    @Test
    void otherTablesMayBeThere() throws IOException {
        ClusterSettings settings = server.database();
        server.sql(database(settings), "create table visits (number integer)");
        open(settings).close();
    }

    @Test
    void aServerThatIsNotThereIsWaitedFor() throws IOException {
        int port = FreePort.find();
        ClusterSettings nobody =
                withUrl(server.settings("any", "any"), "jdbc:postgresql://127.0.0.1:%d/offsite".formatted(port));
        long start = System.nanoTime();
        assertThatThrownBy(() -> PostgresCluster.open(nobody, "1", IMPATIENT).leads())
                .isInstanceOf(StateException.class)
                .hasMessageStartingWith("the cluster's database (127.0.0.1:%d/offsite) cannot be reached: ", port)
                .hasMessageEndingWith("; it goes on by itself when it is back");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(IMPATIENT.patience());
    }

    @Test
    void whatPostgresqlCannotKeepIsRefused() throws IOException {
        try (Cluster cluster = open(server.database())) {
            assertThatThrownBy(() -> cluster.state().append("a\0b", "x"))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("NUL");
            assertThatThrownBy(() -> cluster.map("copies").put("a", "x\0"))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("NUL");
            assertThatThrownBy(() -> cluster.claims().take("half \uD83D"))
                    .isInstanceOf(StateException.class)
                    .hasMessageContaining("not valid Unicode");
        }
    }

    @Test
    void withoutAUrlThereIsNoCluster() {
        assertThat(Clusters.open(ClusterSettings.NONE, "1", ClassLoader.getPlatformClassLoader()))
                .isEmpty();
    }

    @Test
    void missingLibrariesAreNamed() {
        ClusterSettings settings =
                new ClusterSettings(Optional.of("jdbc:postgresql://x/y"), Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> Clusters.open(settings, "1", ClassLoader.getPlatformClassLoader()))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("org.postgresql:postgresql");
    }

    private static Cluster open(ClusterSettings settings) {
        Cluster cluster = Clusters.open(settings, "1", WrongDatabaseIT.class.getClassLoader())
                .orElseThrow();
        try {
            cluster.join();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }
}
