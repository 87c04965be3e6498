package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that cannot be told to write to its disk: local files stay until a later run has verified their copies again. */
class DelayedRemovalIT {
    private static final Duration SOON = Duration.ofMinutes(9);
    private static final Duration LATER = Duration.ofMinutes(11);

    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite site;
    private Path dump;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        server.refuseSync();
        site = TestSite.of(Files.createDirectory(folder.resolve("site")), server);
        site.job("after", "delete");
        dump = site.backup("dump", "content");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"delete", "move"})
    void theFileGoesWithARunTenMinutesLater(String after) throws Exception {
        Path moved = folder.resolve("shipped");
        site.job("after", after);
        if (after.equals("move")) {
            site.job("move-to", moved.toString());
        }

        assertThat(ship(Duration.ZERO).result().shipped()).isEqualTo(1);
        assertThat(dump).exists();
        assertThat(ship(SOON).exitCode()).isZero();
        assertThat(dump).exists();

        assertThat(ship(LATER).exitCode()).isZero();
        assertThat(dump).doesNotExist();
        assertThat(moved.resolve("dump").toFile().exists()).isEqualTo(after.equals("move"));
    }

    @Test
    void aCopyThatWasLostMeanwhileIsShippedAgain() throws Exception {
        ship(Duration.ZERO);
        Files.write(site.today().resolve("dump"), new byte[0]);

        assertThat(ship(LATER).result().shipped()).isEqualTo(1);
        assertThat(dump).exists();
        assertThat(site.today().resolve("dump")).hasContent("content");

        ship(LATER.multipliedBy(2));
        assertThat(dump).doesNotExist();
    }

    /** What was remembered of a server may no longer be true. */
    @Test
    void aServerThatNoLongerWritesToItsDiskIsTriedAgain() throws Exception {
        server.close();
        server = EmbeddedServer.start(folder.resolve("another"));
        site = TestSite.of(Files.createDirectory(folder.resolve("another site")), server);
        site.backup("first", "first");
        assertThat(ship(Duration.ZERO).exitCode()).isZero();
        assertThat(site.state().toFile().list()).anyMatch(name -> name.endsWith(".sync"));

        server.refuseSync();
        site.backup("second", "second");

        assertThat(ship(Duration.ZERO).exitCode()).isZero();
        assertThat(site.today().resolve("second")).hasContent("second");
    }

    @Test
    void theServiceRemovesItToo() throws Exception {
        ship(Duration.ZERO);

        try (CamelApplication routes = routes(LATER, true)) {
            poll(routes);
            poll(routes);
        }
        assertThat(dump).doesNotExist();
    }

    private static void poll(CamelApplication routes) {
        ((org.apache.camel.support.ScheduledPollConsumer)
                        routes.context().getRoute("db").getConsumer())
                .run();
    }

    private ShipOnce.Outcome ship(Duration later) throws Exception {
        try (CamelApplication routes = routes(later, false)) {
            return new ShipOnce(routes).ship("db");
        }
    }

    private CamelApplication routes(Duration later, boolean service) throws IOException {
        CamelApplication routes = CamelApplication.start(Configuration.load(site.configuration()), service);
        routes.context().getRegistry().bind("clock", Clock.offset(Clock.system(ZoneId.systemDefault()), later));
        return routes;
    }
}
