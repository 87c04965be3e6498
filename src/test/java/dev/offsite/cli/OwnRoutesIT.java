package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.age.AgeKeyPair;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
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

    /** Without the parameter, a job with encrypt-to would ship in plain, and say nothing. */
    @Test
    void aSettingThatTheirOlderRouteDoesNotHaveIsRefused() throws IOException {
        String today = Files.readString(Path.of("routes/ship.camel.yaml"));
        String older = today.replaceFirst("(?s)      - name: encrypt-to\n.*?(?=      - name: modes\n)", "");
        assertThat(older).isNotEqualTo(today);
        site.route("ship.camel.yaml", older);
        assertThat(site.run("ship").exit()).isZero();

        site.target("encrypt-to", AgeKeyPair.make().recipient());
        site.backup("secret.dump", "nobody may see this");
        Result result = site.run("ship");

        assertThat(result.exit()).as("%s", result).isNotZero();
        assertThat(result.complaints()).hasSize(1).first().asString().contains("encrypt-to", "ship.camel.yaml");
        assertThat(site.dated().resolve("secret.dump")).doesNotExist();
    }

    @Test
    void aPruneWhileAShipMayRunDoesNotSayThatItFailed() throws IOException {
        assertThat(site.run("ship").exit()).isZero();
        Files.writeString(site.state().resolve("db.status"), "RUNNING\n");

        assertThat(site.run("prune", "--dry-run").err())
                .contains("nothing pruned: the last ship is still running or was cut; if none is running: ship first");
        assertThat(site.run("prune").err()).contains("nothing pruned: the last ship was cut; ship first, then prune");
    }
}
