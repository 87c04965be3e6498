package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.age.AgeIdentities;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys: how they are made, and who is accepted to read copies. */
@Timeout(120)
class KeygenIT {

    private EmbeddedServer server;

    @TempDir
    private Path folder;

    private TestSite offsite;
    private Path key;

    @BeforeEach
    void install() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        offsite = TestSite.of(folder, server).job("ready", "1s");
        key = folder.resolve("key.txt");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private String make(String name) throws IOException {
        Path file = folder.resolve(name);
        assertThat(offsite.run("keygen", file.toString()).exit()).isZero();
        return AgeIdentities.read(file).recipients().get(0);
    }

    @Test
    void theKeyIsInItsFilesOnly() throws IOException {
        Path page = folder.resolve("page.html");
        Result result = offsite.run("keygen", key.toString(), "--page", page.toString(), "--debug");
        assertThat(result.exit()).as("%s", result).isZero();
        String recipient = AgeIdentities.read(key).recipients().get(0);
        assertThat(result.out()).startsWith(recipient + "\n").contains("offsite.encrypt-to=" + recipient);
        assertThat(result.out() + result.err()).doesNotContain("AGE-SECRET-KEY");
        assertThat(page).content().contains(recipient);
        for (Path file : new Path[] {key, page}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        Result again = offsite.run("keygen", "--recipient", key.toString());
        assertThat(again.out()).isEqualTo(recipient + "\n");
        assertThat(offsite.run("keygen", folder.resolve("other").toString(), "-q")
                        .out())
                .matches("age1[0-9a-z]+\n");
    }

    @Test
    void nothingIsReplacedAndNothingHalfMade() throws IOException {
        Files.writeString(key, "mine");
        Result result = offsite.run("keygen", key.toString());
        assertThat(result.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(result.err())
                .isEqualTo("offsite: %s is there already, and is not replaced: name a new file\n".formatted(key));
        assertThat(key).hasContent("mine");

        Path fresh = folder.resolve("fresh");
        assertThat(offsite.run("keygen", fresh.toString(), "--page", key.toString())
                        .exit())
                .isEqualTo(ExitCode.CONFIGURATION);
        assertThat(offsite.run("keygen", fresh.toString(), "--page", fresh.toString())
                        .err())
                .isEqualTo("offsite: the key and the page cannot be the same file: %s\n".formatted(fresh));
        assertThat(offsite.run("keygen", fresh.toString(), "--recipient").err())
                .isEqualTo("offsite: there is no file %s with secret keys\n".formatted(fresh));
        assertThat(fresh).doesNotExist();
        Path nowhere = folder.resolve("none/key");
        assertThat(offsite.run("keygen", nowhere.toString()).err())
                .isEqualTo("offsite: there is no folder %s; create it first\n".formatted(nowhere.getParent()));
    }

    @Test
    void aChangeIsAcceptedOnce() throws IOException {
        String one = make("one");
        String other = make("other");
        offsite.job("encrypt-to", one);
        offsite.backup("app.dump", "dump");
        assertThat(offsite.run("ship").exit()).isZero();
        assertThat(offsite.run("config").out())
                .contains("# db: copies can be read with the key of " + one.substring(0, 12));

        offsite.job("encrypt-to", other);
        Result refused = offsite.run("config");
        assertThat(refused.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err())
                .contains("db].encrypt-to: nothing is shipped, encrypt-to has changed")
                .contains("offsite accept-recipients db");
        assertThat(refused.out()).contains("NOT ACCEPTED");
        Result doctor = offsite.run("doctor");
        assertThat(doctor.exit()).as("%s", doctor).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(doctor.out()).contains("NOT ACCEPTED", "offsite accept-recipients db");

        Result accepted = offsite.run("accept-recipients", "db");
        assertThat(accepted.out())
                .isEqualTo("db: from now on, %s can read the copies; before, %s can read the copies\n"
                        .formatted(other, one));
        assertThat(offsite.run("config").exit()).isZero();
        assertThat(offsite.run("doctor").exit()).isZero();

        offsite.unset("camel.routeTemplate[db].encrypt-to");
        assertThat(offsite.run("config").err()).contains("encrypt-to is not set any more");
        assertThat(offsite.run("accept-recipients", "db").out())
                .isEqualTo(
                        "db: from now on, copies are not encrypted; before, %s can read the copies\n".formatted(other));
        assertThat(offsite.run("config").exit()).isZero();
    }

    @Test
    void onlyJobsAreAccepted() {
        Result result = offsite.run("accept-recipients", "nothing");
        assertThat(result.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(result.err()).contains("nothing");
    }
}
