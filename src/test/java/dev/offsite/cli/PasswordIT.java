package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.Fixtures;
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

/** Logins without a key. */
@Timeout(60)
class PasswordIT {
    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite site;

    @BeforeEach
    void install() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        site = TestSite.of(folder, server).unset("offsite.key");
        site.backup("dump.sql", "dump");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void aPasswordIsSentToWhoeverTakesPasswords() throws IOException {
        server.password(Fixtures.SECRET);
        password(Fixtures.SECRET);

        assertShips();
    }

    @Test
    void aPasswordAnswersAServerThatAsksForIt() throws IOException {
        server.askForPassword(Fixtures.SECRET);
        password(Fixtures.SECRET);

        assertShips();
    }

    @Test
    void aWrongPasswordIsRefusedInOneLine() throws IOException {
        server.askForPassword(Fixtures.SECRET);
        password("not " + Fixtures.SECRET);

        Result result = site.run("ship");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.TARGET);
        assertThat(result.complaints())
                .singleElement()
                .asString()
                .contains("refuses the login", "is the password right?");
        assertThat(result.err()).doesNotContain(Fixtures.SECRET);
    }

    private void assertShips() throws IOException {
        Result result = site.run("ship");
        assertThat(result.exit()).as("%s", result).isZero();
        site.assertAllOffsite();
    }

    private void password(String password) throws IOException {
        Path file = Files.createFile(
                folder.resolve("password"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, password);
        site.target("password-file", file.toString());
    }
}
