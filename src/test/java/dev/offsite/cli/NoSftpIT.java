package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
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

/** The login works and SFTP does not begin: each reason has words of its own. */
@RequiresSshd
@Timeout(180)
class NoSftpIT {

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = TestSite.of(folder, server);
        offsite.backup("dump", "x");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void assertSays(String words) {
        for (String verb : new String[] {"ship", "list"}) {
            Result result = offsite.run(verb);
            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.TARGET);
            assertThat(result.err())
                    .contains(words)
                    .doesNotContain("inputstream", "not opened", "too long", "Exception");
        }
        Result doctor = offsite.run("doctor");
        assertThat(doctor.out()).containsPattern("login +ok").containsPattern("sftp +FAIL +.*" + words);
    }

    @Test
    void aShellThatPrintsTextBeforeIt() throws IOException {
        Path chatty = Files.writeString(
                folder.resolve("chatty"),
                "#!/bin/sh\necho Welcome to this machine\nexec /usr/lib/openssh/sftp-server\n");
        Files.setPosixFilePermissions(chatty, PosixFilePermissions.fromString("rwxr-xr-x"));
        server.reconfigure("Subsystem sftp " + chatty);
        assertSays("a text before SFTP begins");
    }

    @Test
    void aSessionThatEndsAtOnce() throws IOException {
        server.reconfigure("Subsystem sftp /bin/false");
        assertSays("ended the session before SFTP began");
    }

    @Test
    void aServerWithoutIt() throws IOException {
        server.reconfigure("Subsystem other /bin/false");
        assertSays("does not offer SFTP");
    }
}
