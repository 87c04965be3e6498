package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Routes of the user's own beside the jobs. */
@RequiresSshd
@Timeout(120)
class OwnRoutesIT {

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        site = TestSite.of(folder, server);
        site.backup("app.dump", "a dump");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theirLogStepsPrintAndAFailureOfOneIsNoFailureOfTheRun() throws IOException {
        site.route(
                "mine.camel.yaml",
                """
                - route:
                    id: hears
                    from:
                      uri: offsite:events
                      steps:
                        - log: heard ${header.CamelOffsiteEvent}
                        - log:
                            message: with a name
                            logName: com.example.mine
                        - throwException:
                            exceptionType: java.lang.IllegalStateException
                            message: no mail today
                """);

        Result result = site.run("ship");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.err())
                .containsPattern("INFO +heard shipped")
                .containsPattern("INFO +with a name")
                .contains("db: the event shipped was not delivered by route hears: no mail today")
                .doesNotContain("prun");
    }

    @Test
    void aPruneWhileAShipMayRunDoesNotSayThatItFailed() throws IOException {
        assertThat(site.run("ship").exit()).isZero();
        java.nio.file.Files.writeString(site.state().resolve("db.status"), "RUNNING\n");

        assertThat(site.run("prune", "--dry-run").err())
                .contains("nothing pruned: the last ship is still running or was cut; if none is running: ship first");
        assertThat(site.run("prune").err()).contains("nothing pruned: the last ship was cut; ship first, then prune");
    }
}
