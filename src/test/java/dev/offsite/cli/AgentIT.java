package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real ssh-agent holds the keys. */
@RequiresSshd
@Timeout(120)
class AgentIT {

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite site;
    private Process agent;
    private Path socket;

    @BeforeEach
    void start() throws Exception {
        server = OpenSshServer.start(folder.resolve("sshd"));
        socket = folder.resolve("agent");
        agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("agent.log").toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!Files.exists(socket) && System.nanoTime() < deadline) {
            assertThat(agent.isAlive()).isTrue();
            Thread.onSpinWait();
        }
        site = TestSite.of(folder, server).target("verify", "hash").target("retries", "0");
        site.backup("dump", "content");
    }

    @AfterEach
    void stop() {
        server.close();
        agent.destroyForcibly().onExit().join();
    }

    private void add(Path key) throws Exception {
        agent("ssh-add", "-q", key.toString());
    }

    private void agent(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("SSH_AUTH_SOCK", socket.toString());
        Process adding = builder.start();
        adding.getOutputStream().close();
        String said = new String(adding.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(adding.waitFor()).as(said).isZero();
    }

    private Path key(String type, String passphrase) throws IOException {
        Path key = folder.resolve(type + passphrase.length());
        Result made = TestSite.tool(
                folder, "ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "test", "-f", key.toString());
        assertThat(made.exit()).as("%s", made).isZero();
        Files.writeString(
                folder.resolve("sshd/authorized_keys"),
                Files.readString(key.resolveSibling(key.getFileName() + ".pub")));
        return key;
    }

    /** Over one channel, so that both SSH clients log in. */
    @ParameterizedTest
    @ValueSource(strings = {"ed25519", "ecdsa", "rsa"})
    void itSignsForBothClients(String type) throws Exception {
        server.reconfigure("MaxSessions 1");
        Path key = key(type, "");
        add(key);
        Files.delete(key);
        site.target("agent", socket.toString()).target("key", "");

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s%n%s", shipped, server.log()).isZero();
        assertThat(site.verifications()).containsValue("hash");
        Result doctor = site.run("doctor");
        assertThat(doctor.exit()).as("%s", doctor).isZero();
    }

    /** Only the agent knows the passphrase; the other key would only annoy the server. */
    @Test
    void withAKeyOnlyThatOneIsOffered() throws Exception {
        Path key = key("ed25519", "secret words");
        add(server.strangerKey());
        Path plain = folder.resolve("plain");
        Files.copy(key, plain);
        assertThat(TestSite.tool(
                                folder,
                                "ssh-keygen",
                                "-q",
                                "-p",
                                "-P",
                                "secret words",
                                "-N",
                                "",
                                "-f",
                                plain.toString())
                        .exit())
                .isZero();
        add(plain);
        site.target("agent", socket.toString()).target("key", key.toString());

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s%n%s", shipped, server.log()).isZero();
        assertThat(server.log()).doesNotContain("Failed publickey");
        site.target("key", server.strangerKey().toString());
        agent("ssh-add", "-q", "-D");
        add(plain);
        assertThat(site.run("doctor").out())
                .as("the agent has another key that would do, but it is not the one that is set")
                .contains("refuses the login");
    }

    /** Over one channel, so that both SSH clients log in; the agent alone has the certificate. */
    @ParameterizedTest
    @CsvSource({"ed25519, true", "ecdsa, true", "rsa, true", "ed25519, false"})
    void aCertificateOfTheAgentIsUsedByBothClients(String type, boolean named) throws Exception {
        Path ca = folder.resolve("ca");
        Path key = key(type, "");
        Files.writeString(folder.resolve("sshd/authorized_keys"), "");
        keygen("-t", "ed25519", "-N", "", "-f", ca.toString());
        keygen("-s", ca.toString(), "-I", "test", "-n", server.user(), key + ".pub");
        add(key);
        Files.delete(folder.resolve(key.getFileName() + "-cert.pub"));
        server.reconfigure("TrustedUserCAKeys " + ca + ".pub", "MaxSessions 1");
        site.target("agent", socket.toString()).target("key", named ? key.toString() : "");

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s%n%s", shipped, server.log()).isZero();
        assertThat(shipped.err()).doesNotContain("of our connections at a time");
        assertThat(site.verifications()).containsValue("hash");
        assertThat(server.log().lines().filter(line -> line.contains("Accepted publickey")))
                .hasSizeGreaterThan(1)
                .allMatch(line -> line.contains("-CERT SHA256:"));
    }

    @Test
    void aCertificateOfTheAgentIsUsedForTheLoginThatVerifies() throws Exception {
        Path ca = folder.resolve("ca");
        Path key = key("ed25519", "");
        Files.writeString(folder.resolve("sshd/authorized_keys"), "");
        keygen("-t", "ed25519", "-N", "", "-f", ca.toString());
        keygen("-s", ca.toString(), "-I", "test", "-n", server.user(), key + ".pub");
        add(key);
        Files.delete(folder.resolve(key.getFileName() + "-cert.pub"));
        server.reconfigure("TrustedUserCAKeys " + ca + ".pub");
        site.target("agent", socket.toString()).target("key", "").target("verify.user", server.user());

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s%n%s", shipped, server.log()).isZero();
        assertThat(site.verifications()).containsValue("hash");
        assertThat(site.run("doctor").exit()).isZero();
    }

    private void keygen(String... arguments) {
        String[] command = Stream.concat(Stream.of("ssh-keygen", "-q"), Stream.of(arguments))
                .toArray(String[]::new);
        assertThat(TestSite.tool(folder, command).exit()).isZero();
    }

    @Test
    void whatIsWrongWithTheAgentIsSaid() throws Exception {
        site.target("agent", folder.resolve("none").toString()).target("key", "");
        assertThat(site.run("ship").err())
                .contains("no ssh-agent answers at " + folder.toRealPath().resolve("none"), "there is no such socket");

        site.target("agent", socket.toString());
        assertThat(site.run("ship").err()).contains("has no keys, or is locked: add one with ssh-add");

        add(server.strangerKey());
        Result refused = site.run("ship");
        assertThat(refused.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(refused.err()).contains("refuses the login", "ssh-agent");

        Path key = key("ed25519", "secret words");
        site.target("key", key.toString()).target("passphrase", "");
        assertThat(site.run("ship").err()).contains("has a passphrase");
    }

    @Test
    void fromCronThereIsNoAgentInTheEnvironment() {
        site.target("agent", "true").target("key", "");
        assertThat(site.run("config").out()).contains("agent=true");
        String err = site.run("ship").err();
        if (System.getenv("SSH_AUTH_SOCK") == null) {
            assertThat(err).contains("the environment has no SSH_AUTH_SOCK", "offsite.agent");
        }
    }
}
