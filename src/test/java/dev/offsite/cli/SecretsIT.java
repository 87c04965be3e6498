package dev.offsite.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresSshd
@Timeout(120)
class SecretsIT {
    private static final String SECRET = "s3cr%et-Tulip(9)";

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = TestSite.of(folder, server)
                .target("key", server.encryptedKey(SECRET).toString());
        offsite.backup("dump.sql", "a dump");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void invariant11_aSecretFromTheEnvironmentIsSeenNowhere() throws Exception {
        offsite.target("passphrase", "{{env:OFFSITE_TEST_SECRET}}").env("OFFSITE_TEST_SECRET", SECRET);
        assertSecret();
    }

    @Test
    void invariant11_aSecretFromAFileIsSeenNowhere() throws Exception {
        Path file = Files.writeString(folder.resolve("passphrase"), SECRET + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        offsite.target("passphrase-file", file.toString());
        assertSecret();
    }

    private void assertSecret() throws Exception {
        for (String[] verb : List.of(
                new String[] {"config"}, new String[] {"config", "--debug"}, new String[] {"prune", "--debug"})) {
            assertUnseen(offsite.run(verb), ExitCode.OK);
        }
        // Where the login fails, there is most to say.
        server.stop();
        assertUnseen(offsite.run("ship", "--debug"), ExitCode.TARGET);
        server.restart();

        try (Proxy proxy = new Proxy(server)) {
            offsite.through(proxy);
            proxy.holdAfter(1000);
            try (var running = offsite.start("ship", "--debug")) {
                await().until(proxy::held);
                assertThat(Files.readString(Path.of("/proc/" + running.process().pid() + "/cmdline"), UTF_8))
                        .contains("dev.offsite.cli.Offsite")
                        .doesNotContain(SECRET);
                proxy.release();
                assertUnseen(running.end(), ExitCode.OK);
            }
        }
        offsite.assertAllOffsite();
        Map<String, String> state = TestSite.tree(offsite.state());
        state.values().removeIf("folder"::equals);
        for (String written : state.keySet()) {
            assertThat(new String(Files.readAllBytes(offsite.state().resolve(written)), UTF_8))
                    .as(written)
                    .doesNotContain(SECRET);
        }
    }

    private static void assertUnseen(Result result, int exit) {
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        assertThat(result.toString()).doesNotContain(SECRET).doesNotContain("Tulip");
    }
}
