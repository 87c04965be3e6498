package dev.offsite.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.Age;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A job whose recipients have changed, as the command and as the service. */
@RequiresSshd
@EnabledIf("dev.offsite.support.Age#isThere")
class AcceptedRecipientsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void theCommandShipsNothingAndSaysWhatToDoAlsoWithNothingNew() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("sshd"))) {
            TestSite offsite = TestSite.of(folder, server)
                    .target("encrypt-to", Age.keygen(folder).recipient());
            offsite.backup("first", "content");
            assertThat(offsite.run("ship").exit()).isZero();
            offsite.target("encrypt-to", "");
            TestSite.Result refused = offsite.run("ship");
            assertThat(refused.exit()).isEqualTo(1);
            assertThat(refused.complaints())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("encrypt-to is not set any more", "offsite accept-recipients db");
            offsite.backup("second", "content");
            assertThat(offsite.run("ship").exit()).isEqualTo(1);
            assertThat(offsite.dated().resolve("second")).doesNotExist();
            assertThat(offsite.run("accept-recipients", "db").exit()).isZero();
            assertThat(offsite.run("ship").exit()).isZero();
            assertThat(offsite.dated().resolve("second")).hasContent("content");
        }
    }

    @Test
    void theServiceWaitsAndGoesOnByItself() throws Exception {
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("sshd"))) {
            TestSite offsite = TestSite.of(folder, server)
                    .target("encrypt-to", Age.keygen(folder).recipient());
            offsite.backup("first", "content");
            assertThat(offsite.run("ship").exit()).isZero();
            offsite.target("encrypt-to", Age.keygen(folder).recipient()).job("poll", "200ms");
            try (var serving = offsite.start("serve")) {
                await().atMost(PATIENCE).until(() -> serving.err().contains("offsite accept-recipients db"));
                offsite.backup("second", "content");
                assertThat(offsite.run("accept-recipients", "db").exit()).isZero();
                await().atMost(PATIENCE)
                        .until(() -> Files.exists(offsite.dated().resolve("second.age")));
                serving.process().destroy();
                assertThat(serving.end().exit()).isZero();
            }
        }
    }
}
