package dev.offsite.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.ship.ShipResult;
import dev.offsite.support.Bench;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant 7, against the embedded server. */
class HostKeyIT {

    @TempDir
    private Path folder;

    private ShipResult ship(String knownHosts) throws Exception {
        Path file = Files.writeString(folder.resolve("known_hosts"), knownHosts);
        try (Bench bench = new Bench(folder).set("offsite.known-hosts", file.toString())) {
            String entry =
                    "[%s]:%d".formatted(bench.server().host(), bench.server().port());
            Files.writeString(file, knownHosts.replace("ENTRY", entry));
            bench.backup("app.dump", new byte[10]);
            bench.backup("other.dump", new byte[10]);
            ShipResult result = bench.start().run();
            assertThat(result.failed()).containsExactlyInAnyOrder("app.dump", "other.dump");
            assertThat(bench.server().logins()).isZero();
            assertThat(bench.root()).doesNotExist();
            assertThat(result.targetFailure())
                    .doesNotContain("\n")
                    .containsPattern("it showed [a-z0-9-]+ SHA256:[A-Za-z0-9+/]{43}")
                    .contains("the host key of offsite@" + bench.server().host())
                    .contains(
                            "it showed ",
                            entry,
                            file.toString(),
                            "ssh-keyscan -p " + bench.server().port());
            return result;
        }
    }

    @Test
    void anUnknownHostKeyIsRefused() throws Exception {
        assertThat(ship("").targetFailure()).contains("is unknown: it showed ");
    }

    /** ENTRY is the server's name, KEY its key. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "@revoked ENTRY KEY\nENTRY KEY\n",
                "ENTRY KEY\n@revoked ENTRY KEY\n",
                "@cert-authority * KEY\n",
                "!127.0.0.1,!ENTRY,* KEY\n"
            })
    void aMarkOfKnownHostsMeansWhatItMeansToOpenSsh(String knownHosts) throws Exception {
        Path file = Files.createFile(folder.resolve("known_hosts"));
        try (Bench bench = new Bench(folder).set("offsite.known-hosts", file.toString())) {
            String[] line =
                    Files.readString(bench.server().knownHosts()).strip().split(" ", 2);
            Files.writeString(file, knownHosts.replace("ENTRY", line[0]).replace("KEY", line[1]));
            bench.backup("app.dump", new byte[10]);

            ShipResult result = bench.start().run();

            assertThat(result.failed()).containsExactly("app.dump");
            assertThat(bench.server().logins()).isZero();
            assertThat(result.targetFailure()).contains("host key");
        }
    }

    @Test
    void aChangedHostKeyIsRefused() throws Exception {
        String otherKey;
        try (EmbeddedServer other = EmbeddedServer.start(folder.resolve("other"))) {
            String line = Files.readString(other.knownHosts());
            otherKey = line.substring(line.indexOf(' '));
        }

        assertThat(ship("ENTRY" + otherKey).targetFailure())
                .contains("has CHANGED: it showed ", "ssh-keygen -R '", "somebody may be in between");
    }
}
