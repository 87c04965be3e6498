package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.jcraft.jsch.JSch;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are too old or too new for what SSH clients usually offer. */
@RequiresSshd
@Timeout(120)
class AlgorithmsIT {

    private static final Pattern LINE = Pattern.compile("offsite\\.algorithms=(\\S+)");

    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"([0-9]+)");

    /** The first Java that has ML-KEM. */
    private static final int NEW = 24;

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite site;

    /** One channel for each connection, so that sshd's client is used as well as JSch. */
    private void start(String... config) throws IOException {
        String[] lines = new String[config.length + 1];
        System.arraycopy(config, 0, lines, 0, config.length);
        lines[config.length] = "MaxSessions 1";
        server = OpenSshServer.start(folder.resolve("sshd"), lines);
        site = TestSite.of(folder, server).target("verify", "hash").target("retries", "0");
        site.backup("dump", "content");
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "KexAlgorithms diffie-hellman-group14-sha1|no key exchange in common (it offers diffie-hellman-group14-sha1)|+diffie-hellman-group14-sha1",
                "KexAlgorithms diffie-hellman-group1-sha1,diffie-hellman-group-exchange-sha1|no key exchange|+diffie-hellman-group-exchange-sha1",
                "HostKeyAlgorithms ssh-rsa|no host key type in common (it offers ssh-rsa)|+ssh-rsa",
                "Ciphers aes256-cbc,3des-cbc|no cipher in common (it offers aes256-cbc, 3des-cbc)|+aes256-cbc",
                "Ciphers 3des-cbc|no cipher|+3des-cbc",
                "MACs hmac-md5,hmac-sha1-96|no MAC in common|+hmac-sha1-96",
                "KexAlgorithms diffie-hellman-group14-sha1;HostKeyAlgorithms ssh-rsa;Ciphers aes128-cbc;MACs hmac-md5|no key exchange in common (it offers diffie-hellman-group14-sha1) and no host key type|+diffie-hellman-group14-sha1,+ssh-rsa,+aes128-cbc,+hmac-md5"
            })
    void anOldServerIsNamedWithTheLineThatLetsItIn(String config, String words, String allow) throws IOException {
        start(config.split(";"));

        Result refused = site.run("ship");

        assertThat(refused.exit()).as("%s", refused).isEqualTo(ExitCode.TARGET);
        assertThat(refused.err()).contains(words);
        Matcher line = LINE.matcher(refused.err());
        assertThat(line.find()).as("%s", refused).isTrue();
        assertThat(line.group(1)).isEqualTo(allow);
        Result doctor = site.run("doctor");
        assertThat(doctor.out().replaceAll("\\s+", " ")).contains("offsite.algorithms=");

        site.target("algorithms", line.group(1));
        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        site.assertAllOffsite();
        assertThat(site.verifications()).containsValue("hash");
    }

    @Test
    void whatIsAllowedAlreadyStaysInTheLine() throws IOException {
        start("KexAlgorithms diffie-hellman-group14-sha1", "Ciphers aes128-ctr");
        site.target("algorithms", "-aes128-ctr,+ssh-rsa");

        assertThat(site.run("ship").err())
                .contains("offsite.algorithms=+ssh-rsa,+diffie-hellman-group14-sha1,+aes128-ctr");
    }

    @Test
    void thoseThatSignLoginsWithSha1OnlyAreLetInToo() throws Exception {
        start("PubkeyAcceptedAlgorithms ssh-rsa", "HostKeyAlgorithms ssh-rsa");
        Path key = folder.resolve("rsa");
        Result made =
                TestSite.tool(folder, "ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", key.toString());
        assertThat(made.exit()).isZero();
        Files.writeString(folder.resolve("sshd/authorized_keys"), Files.readString(folder.resolve("rsa.pub")));
        site.target("key", key.toString()).target("algorithms", "+ssh-rsa,-rsa-sha2-512,-rsa-sha2-256");

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s%n%s", shipped, server.log()).isZero();
        assertThat(site.verifications()).containsValue("hash");
    }

    /** No setting is needed for what is safe. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ciphers chacha20-poly1305@openssh.com",
                "KexAlgorithms sntrup761x25519-sha512@openssh.com",
                "KexAlgorithms curve25519-sha256",
                "KexAlgorithms diffie-hellman-group16-sha512",
                "Ciphers aes256-gcm@openssh.com",
                "Ciphers aes128-ctr;MACs hmac-sha2-256",
                "Ciphers aes256-ctr;MACs hmac-sha2-512-etm@openssh.com",
                "HostKeyAlgorithms ssh-ed25519",
                "HostKeyAlgorithms rsa-sha2-512",
                "HostKeyAlgorithms rsa-sha2-256",
                "HostKeyAlgorithms ecdsa-sha2-nistp256",
                "KexAlgorithms sntrup761x25519-sha512@openssh.com;Ciphers chacha20-poly1305@openssh.com;HostKeyAlgorithms ssh-ed25519"
            })
    void aStrictServerNeedsNothing(String config) throws IOException {
        start(config.split(";"));

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        site.assertAllOffsite();
        assertThat(site.verifications()).containsValue("hash");
    }

    /** OpenSSH 10 offers it first. Which Java runs this decides: ours, and a newer one if this machine has one. */
    @ParameterizedTest
    @ValueSource(strings = {"mlkem768x25519-sha256", "sntrup761x25519-sha512"})
    void aServerThatOnlyHasAnotherPostQuantumKeyExchange(String keyExchange) throws IOException {
        try (EmbeddedServer only = EmbeddedServer.start(folder.resolve("server"))) {
            only.offerOnly(keyExchange);
            site = TestSite.of(folder, only).target("verify", "hash").target("retries", "0");
            site.backup("dump", "content");

            Result shipped = site.run("ship");

            if (keyExchange.startsWith("sntrup") || Runtime.version().feature() >= NEW) {
                assertThat(shipped.exit()).as("%s", shipped).isZero();
            } else {
                assertThat(shipped.exit()).as("%s", shipped).isEqualTo(ExitCode.TARGET);
                assertThat(shipped.err())
                        .contains("no key exchange in common (it offers " + keyExchange)
                        .contains(keyExchange + " needs Java 24 or newer (this is Java ")
                        .doesNotContain("algorithms=");
            }
            for (Path java : newerJava()) {
                site.env("JAVA_HOME", java.toString()).backup(java.getFileName().toString(), "content");
                Result newer = site.run("ship");
                assertThat(newer.exit()).as("%s: %s", java, newer).isZero();
            }
            site.assertAllOffsite();
        }
    }

    /** Those on this machine that have ML-KEM. */
    private static List<Path> newerJava() throws IOException {
        Path all = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> each = Files.list(all)) {
            return each.filter(java -> !Files.isSymbolicLink(java) && Files.isExecutable(java.resolve("bin/java")))
                    .filter(java -> feature(java.resolve("release")) >= NEW)
                    .toList();
        }
    }

    private static int feature(Path release) {
        try {
            Matcher version = VERSION.matcher(Files.readString(release));
            return version.find() ? Integer.parseInt(version.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    @Test
    void theyAreSetForOneJobAndNotForTheJvm() throws IOException {
        start("HostKeyAlgorithms ssh-rsa");
        String before = JSch.getConfig("server_host_key") + JSch.getConfig("kex");
        site.job("algorithms", "+ssh-rsa,+diffie-hellman-group1-sha1");

        assertThat(site.run("ship").exit()).isZero();

        assertThat(JSch.getConfig("server_host_key") + JSch.getConfig("kex")).isEqualTo(before);
        site.set("camel.routeTemplate[web].templateId", "ship")
                .set(
                        "camel.routeTemplate[web].source",
                        folder.resolve("my backups").toString())
                .set("camel.routeTemplate[web].root", folder.resolve("web").toString());
        Result other = site.run("ship", "web");
        assertThat(other.err()).contains("no host key type in common");
    }

    @Test
    void aMisspeltNameIsRefusedWithTheRightOne() throws IOException {
        start();
        site.target("algorithms", "+ssh-rsa,+diffie-hellman-group14-sha");

        Result refused = site.run("config");

        assertThat(refused.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(refused.err())
                .contains("offsite.algorithms: there is no algorithm 'diffie-hellman-group14-sha'")
                .contains("did you mean diffie-hellman-group14-sha1?");
    }
}
