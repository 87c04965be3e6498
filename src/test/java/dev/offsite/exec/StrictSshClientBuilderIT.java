package dev.offsite.exec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 7, for the client that runs commands. In known_hosts, ENTRY is the server's name and KEY its key. */
@Timeout(60)
class StrictSshClientBuilderIT {

    @TempDir
    private Path folder;

    private EmbeddedServer server;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private boolean logsIn(String knownHosts) throws IOException {
        String[] line = Files.readString(server.knownHosts()).strip().split(" ", 2);
        Path file = Files.writeString(
                folder.resolve("known_hosts"),
                knownHosts.replace("ENTRY", line[0]).replace("KEY", line[1]));
        StrictSshClientBuilder clients = new StrictSshClientBuilder(new Target(
                server.host(),
                server.port(),
                server.user(),
                server.key(),
                null,
                null,
                file,
                VerificationMethod.READBACK,
                SshPath.SAME,
                HashProgram.AUTO,
                null,
                Modes.KEEP));
        try (SshClient client = clients.build(true)) {
            client.start();
            try (ClientSession session = clients.logIn(client, Duration.ofSeconds(20))) {
                return session.isAuthenticated();
            } catch (IOException refused) {
                assertThat(server.logins()).isZero();
                return false;
            }
        }
    }

    @Test
    void aKnownHostKeyIsAccepted() throws IOException {
        assertThat(logsIn("ENTRY KEY\n")).isTrue();
    }

    @Test
    void anUnknownHostKeyIsRefused() throws IOException {
        assertThat(logsIn("")).isFalse();
    }

    @Test
    void aChangedHostKeyIsRefused() throws IOException {
        try (EmbeddedServer other = EmbeddedServer.start(folder.resolve("other"))) {
            String[] line = Files.readString(other.knownHosts()).strip().split(" ", 2);
            assertThat(logsIn("ENTRY " + line[1] + "\n")).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@revoked ENTRY KEY\nENTRY KEY\n",
                "ENTRY KEY\n@revoked ENTRY KEY\n",
                "@cert-authority ENTRY KEY\n",
                "@cert-authority * KEY\n",
                "!127.0.0.1,!ENTRY,* KEY\n"
            })
    void aMarkOfKnownHostsMeansWhatItMeansToOpenSsh(String knownHosts) throws IOException {
        assertThat(logsIn(knownHosts)).isFalse();
    }
}
