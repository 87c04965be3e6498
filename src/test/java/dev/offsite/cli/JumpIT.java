package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.job.Target;
import dev.offsite.job.TargetParser;
import dev.offsite.openssh.SshConfigs;
import dev.offsite.openssh.Surroundings;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server behind one or two jump hosts. */
@RequiresSshd
@Timeout(120)
class JumpIT {

    @TempDir
    private Path folder;

    private final List<OpenSshServer> hops = new ArrayList<>();
    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        for (String name : List.of("one", "two")) {
            OpenSshServer hop = OpenSshServer.start(folder.resolve(name));
            letIn(name, folder.resolve("sshd/key.pub"));
            hops.add(hop);
        }
        site = TestSite.of(folder, server)
                .target("known-hosts", known(server, hops.get(0), hops.get(1)).toString())
                .target("retries", "0")
                .target("verify", "hash");
        site.backup("dump", "content");
        site.backup("large", new byte[3 << 20]);
    }

    @AfterEach
    void stop() {
        server.close();
        hops.forEach(OpenSshServer::close);
    }

    private void letIn(String name, Path publicKey) throws IOException {
        Files.writeString(
                folder.resolve(name).resolve("authorized_keys"),
                Files.readString(publicKey),
                StandardOpenOption.APPEND);
    }

    private Path known(OpenSshServer... servers) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (OpenSshServer one : servers) {
            lines.append(Files.readString(one.knownHosts()));
        }
        return Files.writeString(folder.resolve("all_hosts"), lines);
    }

    private String hop(int number) {
        OpenSshServer hop = hops.get(number);
        return "%s@%s:%d".formatted(hop.user(), hop.host(), hop.port());
    }

    private void shipsAll() throws IOException {
        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        site.assertAllOffsite();
        assertThat(site.verifications()).containsValue("hash");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shipsThroughOneWithBothClients(boolean oneChannel) throws IOException {
        if (oneChannel) {
            server.reconfigure("MaxSessions 1");
        }
        site.target("jump", hop(0));

        shipsAll();

        assertThat(hops.get(0).logins()).isPositive();
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(server.sessions())
                .as("only through the jump host")
                .isEmpty());
        Result doctor = site.run("doctor");
        assertThat(doctor.exit()).as("%s", doctor).isZero();
        assertThat(doctor.out()).contains("the jump host");
    }

    @Test
    void shipsThroughTwo() throws IOException {
        server.reconfigure("MaxSessions 1");
        site.target("jump", hop(0) + ", " + hop(1));

        shipsAll();

        assertThat(hops.get(0).logins()).isPositive();
        assertThat(hops.get(1).logins()).isPositive();
        assertThat(site.run(
                                "restore",
                                "db",
                                "latest",
                                "--to",
                                folder.resolve("back").toString())
                        .exit())
                .isZero();
        assertThat(folder.resolve("back")).isDirectoryRecursivelyContaining("glob:**dump");
    }

    @Test
    void theHostKeyOfEachIsChecked() throws IOException {
        site.target("jump", hop(0) + "," + hop(1))
                .target("known-hosts", known(server, hops.get(0)).toString());

        Result refused = site.run("ship");

        assertThat(refused.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(refused.err())
                .contains("jump host on the way to " + server.user() + "@" + server.host() + ":" + server.port())
                .contains("the host key of " + hop(1) + " is unknown");
        assertThat(hops.get(1).logins()).isZero();
        site.target("known-hosts", known(hops.get(0), hops.get(1)).toString());
        Result unknown = site.run("ship");
        assertThat(unknown.err())
                .contains("the host key of %s@%s:%d is unknown".formatted(server.user(), server.host(), server.port()))
                .doesNotContain("jump host");
    }

    @Test
    void whichOneFailsAndWhyIsSaid() throws IOException {
        site.target("jump", "nobody@127.0.0.1:" + hops.get(0).port());
        assertThat(site.run("ship").err())
                .contains(
                        "jump host on the way to",
                        "nobody@127.0.0.1:" + hops.get(0).port() + " refuses the login");

        site.target("jump", hop(0));
        hops.get(0).reconfigure("AllowTcpForwarding no");
        assertThat(site.run("ship").err()).contains(hop(0) + " does not let its users connect onward");

        hops.get(0).reconfigure();
        server.stop();
        assertThat(site.run("ship").err()).contains(hop(0) + " cannot connect to 127.0.0.1 port " + server.port());

        hops.get(0).stop();
        assertThat(site.run("ship").err()).contains("jump host on the way to", hop(0) + " cannot be reached");
    }

    @Test
    void theJumpHostMayNeedOldAlgorithmsToo() throws IOException {
        hops.get(0).reconfigure("HostKeyAlgorithms ssh-rsa");
        site.target("jump", hop(0));
        assertThat(site.run("ship").err())
                .contains("jump host on the way to", hop(0) + " and Offsite have no host key type in common")
                .contains("offsite.algorithms=+ssh-rsa");
        site.target("algorithms", "+ssh-rsa");
        shipsAll();
    }

    @Test
    void aSeparateLoginThatVerifiesGoesThroughItToo() throws IOException {
        site.target("jump", hop(0))
                .target("verify.user", server.user())
                .target("verify.key", server.key().toString());
        shipsAll();
    }

    /** Written in brackets, or as an alias; the live part needs a machine that has ::1. */
    @ParameterizedTest
    @ValueSource(strings = {"[::1]:%d", "me@[::1]:%d", "[0:0:0:0:0:0:0:1]:%d", "six", "you@six"})
    void aJumpHostWithAnIpv6Address(String written) throws Exception {
        OpenSshServer hop = hops.get(0);
        Path config = Files.writeString(
                folder.resolve("ssh_config"),
                "Host six\n  HostName ::1\n  Port %d\n  User %s\n".formatted(hop.port(), hop.user()));
        String jump = written.formatted(hop.port()).replaceFirst("^(me|you)@", hop.user() + "@");
        Map<String, String> values = new HashMap<>(Map.of(
                "host", server.host(),
                "user", server.user(),
                "key", server.key().toString(),
                "known-hosts", server.knownHosts().toString(),
                "verify", "hash",
                "verify.command", "auto",
                "modes", "keep",
                "ssh-config", config.toString(),
                "jump", jump));

        Target parsed = new TargetParser(values, new SshConfigs(Surroundings.ofThisProcess())).target();

        assertThat(parsed.way().jumps()).singleElement().satisfies(target -> {
            assertThat(target.port()).isEqualTo(hop.port());
            assertThat(target.user()).isEqualTo(hop.user());
            assertThat(target.host()).isIn("::1", "0:0:0:0:0:0:0:1");
            assertThat(target.knownAs().entry()).isEqualTo("[::1]:" + hop.port());
            assertThat(target).asString().contains("@[").endsWith("]:" + hop.port());
        });
        if (!hasIpv6()) {
            return;
        }
        hop.reconfigure("ListenAddress ::1", "ListenAddress 127.0.0.1");
        site.target("ssh-config", config.toString()).target("jump", jump);
        assertThat(site.run("ship").err())
                .contains("jump host on the way to", "is unknown", "no line for [::1]:" + hop.port());
        Files.writeString(
                folder.resolve("all_hosts"),
                Files.readString(hop.knownHosts()).replace("[127.0.0.1]", "[::1]"),
                StandardOpenOption.APPEND);
        shipsAll();
        assertThat(hop.log()).contains("from ::1 port");
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getAllByName("::1")[0])) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
