package dev.offsite.sftp.login;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.Session;
import dev.offsite.exec.StrictSshClientBuilder;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Modes;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.support.OpenSshServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.SshClient;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in with the certificate that lies beside a key, with both clients. */
class UserCertificateIT {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void aKeyThatOnlyItsCertificateLetsIn(String type) throws Exception {
        keygen("-t", "ed25519", "-N", "", "-f", folder.resolve("ca").toString());
        try (OpenSshServer server =
                OpenSshServer.start(folder.resolve("server"), "TrustedUserCAKeys " + folder.resolve("ca.pub"))) {
            Path key = folder.resolve("user");
            keygen("-t", type, "-N", "open sesame", "-f", key.toString());
            sign(key, server.user());

            logInWithBoth(server, key, "open sesame");

            assertThat(server.log().lines().filter(line -> line.contains("Accepted publickey")))
                    .hasSize(2)
                    .allMatch(line -> line.contains("-CERT SHA256:") && line.contains("CA ED25519"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a certificate that nobody trusts", "ssh-ed25519-cert-v01@openssh.com AAAA", ""})
    void aCertificateThatIsOfNoUseKeepsNoKeyOut(String text) throws Exception {
        keygen("-t", "ed25519", "-N", "", "-f", folder.resolve("ca").toString());
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("server"))) {
            if (text.startsWith("a ")) {
                sign(server.key(), "nobody");
            } else {
                Files.writeString(folder.resolve("server/key-cert.pub"), text);
            }

            logInWithBoth(server, server.key(), null);

            assertThat(server.logins()).isEqualTo(2);
        }
    }

    private void logInWithBoth(OpenSshServer server, Path key, String passphrase) throws Exception {
        Target target = new Target(
                server.host(),
                server.port(),
                server.user(),
                key,
                passphrase,
                null,
                server.knownHosts(),
                VerificationMethod.READBACK,
                SshPath.SAME,
                HashProgram.AUTO,
                null,
                Modes.KEEP);
        Session session = TargetSessions.user(target, new QuickAckSocketFactory(target.way()));
        session.connect(20_000);
        session.disconnect();
        StrictSshClientBuilder clients = new StrictSshClientBuilder(target);
        try (SshClient client = clients.build(true)) {
            client.start();
            clients.logIn(client, Duration.ofSeconds(20)).close(true);
        }
    }

    private void sign(Path key, String user) throws Exception {
        keygen("-s", folder.resolve("ca").toString(), "-I", "test", "-n", user, key + ".pub");
    }

    private static void keygen(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q"));
        command.addAll(List.of(arguments));
        Process keygen = new ProcessBuilder(command).redirectErrorStream(true).start();
        keygen.getOutputStream().close();
        String said = new String(keygen.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(keygen.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(keygen.exitValue()).as(said).isZero();
    }
}
