package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server is an alias of a configuration of ssh. */
@RequiresSshd
@Timeout(120)
class AliasIT {

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite site;
    private Path config;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"), "MaxSessions 1");
        config = folder.resolve("ssh_config");
        site = TestSite.of(folder, server)
                .target("host", "nas")
                .target("port", "")
                .target("user", "")
                .target("key", "")
                .target("known-hosts", "")
                .target("ssh-config", config.toString())
                .target("verify", "hash")
                .target("retries", "0");
        site.backup("dump", "content");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void config(String... more) throws IOException {
        Files.writeString(
                config,
                String.join("\n", more)
                        + """

                        Host nas
                          HostName %s
                          Port %d
                          User %s
                          IdentityFile %s
                          UserKnownHostsFile %s
                        """
                                .formatted(
                                        server.host(),
                                        server.port(),
                                        server.user(),
                                        server.key(),
                                        server.knownHosts()));
    }

    @Test
    void anAliasSaysAll() throws IOException {
        config("Host other", "  ProxyCommand false", "Host *", "  ServerAliveInterval 5", "  AddressFamily inet");

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        site.assertAllOffsite();
        assertThat(site.verifications()).containsValue("hash");
        assertThat(site.run("doctor").exit()).isZero();
        String shown = site.run("config").out().replaceAll(" +", " ");
        assertThat(shown)
                .contains("host=nas # file, which is 127.0.0.1 in " + config)
                .contains("port=" + server.port() + " # " + config)
                .contains("key=" + server.key() + " # " + config);
    }

    @Test
    void whatIsSetHereWins() throws IOException {
        config("Host nas", "  User nobody", "  Port 1", "  IdentityFile /nowhere");
        site.target("user", server.user())
                .target("port", String.valueOf(server.port()))
                .target("key", server.key().toString());

        assertThat(site.run("ship").exit()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ProxyCommand nc %h %p",
                "KnownHostsCommand /bin/true",
                "RevokedHostKeys /etc/revoked",
                "CanonicalizeHostname yes",
                "BrandNewThing yes"
            })
    void whatMattersAndIsNotDoneIsNamed(String line) throws IOException {
        config("Host nas", "  " + line);

        Result refused = site.run("ship");

        assertThat(refused.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(refused.err()).contains("ssh-config: " + config + " line 2");
    }

    /** With both SSH clients: the server allows one channel, and lets in only who comes from there. */
    @Test
    void bindAddressIsWhereConnectionsComeFrom() throws IOException {
        server.reconfigure("MaxSessions 1", "AllowUsers *@127.0.0.9");
        config();
        assertThat(site.run("ship").err()).contains("refuses the login");

        config("Host nas", "  BindAddress 127.0.0.9");
        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        assertThat(site.verifications()).containsValue("hash");
        Result doctor = site.run("doctor");
        assertThat(doctor.exit()).as("%s", doctor).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "BindAddress 192.0.2.1|this machine has no address 192.0.2.1, which * wants (BindAddress)",
                "BindAddress nowhere.invalid|this machine has no address nowhere.invalid, which * wants (BindAddress)",
                "BindAddress ::1|127.0.0.1 has no IPv6 address, which * wants (BindAddress)",
                "AddressFamily inet6|127.0.0.1 has no IPv6 address, which * wants (AddressFamily)"
            })
    void whatCannotBeDoneOfThemIsSaid(String line, String words) throws IOException {
        config("Host nas", "  " + line);
        String said = words.replace("*", config.toString());

        for (String verb : new String[] {"ship", "doctor"}) {
            Result refused = site.run(verb);
            assertThat(refused.exit()).as("%s", refused).isEqualTo(ExitCode.TARGET);
            assertThat(refused.out() + refused.err()).contains(said);
        }
    }

    @Test
    void addressFamilyIsObeyed() throws IOException {
        config("Host nas", "  AddressFamily inet");
        assertThat(site.run("ship").exit()).isZero();
    }

    @Test
    void whatDependsOnACommandIsNamedOnlyIfItWouldChangeSomething() throws IOException {
        config("Match host other exec \"true\"", "  Port 1", "Match exec \"true\"", "  ForwardAgent yes");
        assertThat(site.run("ship").exit()).isZero();

        config("Match exec \"true\"", "  Port 1");
        assertThat(site.run("ship").err()).contains("whether Port counts depends on Match exec");
    }

    @Test
    void aMissingUserIsNamed() throws IOException {
        Files.writeString(config, "Host nas\n  HostName localhost\n");

        Result refused = site.run("ship");

        assertThat(refused.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(refused.err()).contains("offsite.user: is missing", config + " has no User for nas either");
    }

    @Test
    void aFileThatOthersCanWriteToIsRefused() throws IOException {
        config();
        Files.setPosixFilePermissions(config, java.nio.file.attribute.PosixFilePermissions.fromString("rw-rw-rw-"));

        assertThat(site.run("ship").err()).contains("can be written by others; chmod go-w");
    }
}
