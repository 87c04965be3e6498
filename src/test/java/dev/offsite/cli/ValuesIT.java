package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values reach the server as they are. */
@Timeout(120)
class ValuesIT {

    @TempDir
    Path folder;

    /** By both SSH clients: JSch uploads, MINA runs the commands of the login that verifies. */
    @RequiresSshd
    @ParameterizedTest
    @ValueSource(strings = {"::1", "[::1]", "::1%lo"})
    void anIpv6AddressIsReached(String host) throws IOException {
        assumeTrue(hasIpv6(), "no IPv6 on this machine");
        try (OpenSshServer server =
                OpenSshServer.start(folder.resolve("sshd"), "ListenAddress 127.0.0.1", "ListenAddress ::1")) {
            String bare = host.replaceAll("[\\[\\]]", "");
            Path known = folder.resolve("known_hosts");
            Files.writeString(known, Files.readString(server.knownHosts()).replace("[127.0.0.1]", "[" + bare + "]"));
            TestSite site = TestSite.of(folder, server)
                    .target("host", host)
                    .target("known-hosts", known.toString())
                    .target("verify", "hash")
                    .target("verify.user", server.user());
            site.backup("dump", "a dump");

            Result doctor = site.run("doctor");
            assertThat(doctor.exit()).as("%s", doctor).isZero();
            Result ship = site.run("ship");
            assertThat(ship.exit()).as("%s", ship).isZero();
            site.assertAllOffsite();

            // The name in the file is that of another server.
            Files.writeString(known, Files.readString(server.knownHosts()).replace("[127.0.0.1]", "[::2]"));
            assertThat(site.run("doctor").exit()).isEqualTo(ExitCode.TARGET);
        }
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getAllByName("::1")[0])) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a{{b}}c", "{{", "RAW(x)&y=z)", "a\\b%41+ {{env:PATH}}"})
    void aPasswordFromAFileIsWhatTheFileHas(String password) throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"))) {
            server.password(password);
            // As a Windows editor saves it.
            byte[] content = ("\uFEFF" + password + "\r\n").getBytes(StandardCharsets.UTF_8);
            Path file = Files.write(folder.resolve("password"), content);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            TestSite site = TestSite.of(folder, server).unset("offsite.key").target("password-file", file.toString());
            site.backup("dump", "a dump");

            Result ship = site.run("ship");

            assertThat(ship.exit()).as("%s", ship).isZero();
        }
    }

    @Test
    void aPasswordFromTheEnvironmentIsWhatTheVariableHas() throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"))) {
            server.password("a{{b}}c\\{{");
            TestSite site = TestSite.of(folder, server)
                    .unset("offsite.key")
                    .target("password", "{{env:BACKUP_PASSWORD}}")
                    .env("BACKUP_PASSWORD", "a{{b}}c\\{{")
                    .env("OFFSITE_HOST", "elsewhere.invalid");
            site.backup("dump", "a dump");

            Result ship = site.run("ship");

            assertThat(ship.exit()).as("%s", ship).isZero();
        }
    }
}
