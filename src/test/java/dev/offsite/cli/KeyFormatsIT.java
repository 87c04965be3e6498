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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Private keys as ssh-keygen, OpenSSL and PuTTY write them; over one channel, so that both SSH clients read them. */
@RequiresSshd
@Timeout(120)
class KeyFormatsIT {

    private static final String SECRET = "pässwörd €";

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"), "MaxSessions 1");
        site = TestSite.of(folder, server).target("verify", "hash").target("retries", "0");
        site.backup("dump", "content");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void tool(String... command) {
        Result made = TestSite.tool(folder, command);
        assertThat(made.exit()).as("%s", made).isZero();
    }

    /** The key of that kind in that format, with this passphrase, and lets it in. */
    private Path key(String type, String format, String secret) throws IOException {
        Path key = folder.resolve("k");
        Path pub = folder.resolve("k.pub");
        String name = type.replaceAll("[0-9]+$", "");
        String bits = type.replaceAll("^[a-z]+", "");
        boolean ed = type.equals("ed25519");
        tool(
                "ssh-keygen",
                "-q",
                "-t",
                ed ? type : name,
                "-b",
                ed || bits.isEmpty() ? "2048" : bits,
                "-N",
                secret,
                "-m",
                format.equals("PKCS8") ? "PKCS8" : format.equals("PEM") ? "PEM" : "RFC4716",
                "-f",
                key.toString());
        Files.writeString(folder.resolve("sshd/authorized_keys"), Files.readString(pub));
        Path secretFile = folder.resolve("secret");
        Files.writeString(secretFile, secret + "\n");
        Files.setPosixFilePermissions(secretFile, PosixFilePermissions.fromString("rw-------"));
        if (format.startsWith("PPK")) {
            Path ppk = folder.resolve("k.ppk");
            tool(
                    "puttygen",
                    key.toString(),
                    "--old-passphrase",
                    secretFile.toString(),
                    "--new-passphrase",
                    secretFile.toString(),
                    "-O",
                    "private",
                    "--ppk-param",
                    "version=" + format.substring(3),
                    "-o",
                    ppk.toString());
            key = ppk;
        }
        Files.delete(pub);
        if (!secret.isEmpty()) {
            site.target("passphrase-file", secretFile.toString());
        }
        return key;
    }

    @ParameterizedTest
    @CsvSource({
        "ed25519, OpenSSH, ''",
        "ed25519, OpenSSH, x",
        "ecdsa256, OpenSSH, x",
        "ecdsa384, OpenSSH, x",
        "ecdsa521, OpenSSH, ''",
        "rsa2048, OpenSSH, x",
        "rsa2048, PEM, ''",
        "rsa2048, PEM, x",
        "ecdsa256, PEM, x",
        "rsa2048, PKCS8, ''",
        "rsa2048, PKCS8, x",
        "ecdsa384, PKCS8, x",
        "ed25519, PPK2, x",
        "rsa2048, PPK2, ''",
        "ed25519, PPK3, x",
        "rsa2048, PPK3, x",
        "ecdsa256, PPK3, ''"
    })
    void bothClientsReadIt(String type, String format, String secret) throws IOException {
        site.target("key", key(type, format, secret.isEmpty() ? "" : SECRET).toString());

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s%n%s", shipped, server.log()).isZero();
        assertThat(site.verifications()).containsValue("hash");
    }
}
