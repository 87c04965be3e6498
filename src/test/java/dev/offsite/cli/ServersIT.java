package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.servers.RealServer;
import dev.offsite.support.servers.RequiresServers;
import dev.offsite.support.servers.StartedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every verb against servers that people rent or own. {@code docs/servers.md} says what comes of it; a run writes that page to
 * {@code target/servers.md}.
 */
@RequiresServers
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServersIT {
    private static final Path DOCS = Path.of("docs/servers.md");
    private static final ServerTable TABLE = new ServerTable();

    @TempDir
    static Path folder;

    @Order(1)
    @ParameterizedTest
    @EnumSource(RealServer.class)
    void everyVerbWorksOrSaysWhyNot(RealServer kind) throws Exception {
        assertThat(kind.installed())
                .as("%s is installed, as .ci/install-servers does", kind.title())
                .isTrue();
        Path at = folder.resolve(kind.name());
        try (StartedServer server = StartedServer.start(kind, at.resolve("server"))) {
            TABLE.add(kind, new ServerScenario(server, at.resolve("site")).run());
        }
    }

    @Order(2)
    @Test
    void theDocsSayWhatCameOfIt() throws IOException {
        String text = TABLE.text(Files.readString(DOCS));
        Files.writeString(Path.of("target/servers.md"), text);
        assertThat(ServerTable.withoutVersions(text))
                .as("%s is stale: target/servers.md is what came of this run", DOCS)
                .isEqualTo(ServerTable.withoutVersions(Files.readString(DOCS)));
    }
}
