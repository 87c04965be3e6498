package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.Installation;
import dev.offsite.support.Installation.Result;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checksums that the tools of this machine have made, beside the source. */
@RequiresSshd
@Timeout(300)
class SourceChecksumIT {

    private static OpenSshServer server;

    @TempDir
    private Path folder;

    private Installation offsite;

    @BeforeAll
    static void startServer(@TempDir Path home) throws IOException {
        server = OpenSshServer.start(home);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = new Installation(folder, server).job("ready", "1s").job("keep", "1");
    }

    private void shell(String script) throws Exception {
        Process shell = new ProcessBuilder("sh", "-ec", script)
                .directory(offsite.source().toFile())
                .inheritIO()
                .start();
        assertThat(shell.waitFor()).isZero();
    }

    /** Invariants 6 and 8. */
    @Test
    void aDumpThatDoesNotMatchFailsTheRunByNameAndFreezesPruning() throws Exception {
        for (String name : new String[] {"gnu", "tag", "512", "listed", "back\\slash and\nnewline", "unlisted"}) {
            offsite.backup(name, "the dump " + name);
        }
        shell("sha256sum gnu > gnu.sha256; sha256sum --tag tag > tag.sha256; sha512sum < 512 > 512.sha512;"
                + " sha256sum -b listed back* > SHA256SUMS");
        Path old = Files.createDirectories(offsite.root().resolve("20200101"));
        Files.writeString(old.resolve("SHA256SUMS"), "");
        String good = Files.readString(offsite.source().resolve("SHA256SUMS"));
        for (String name : new String[] {"tag", "512", "back\\slash and\nnewline"}) {
            offsite.backup(name, "the dumP " + name);
        }

        Result failed = offsite.run("ship");

        assertThat(failed.exit()).as("%s", failed).isEqualTo(ExitCode.FAILED);
        assertThat(failed.out()).contains("6 files shipped and verified").contains("3 files NOT shipped");
        assertThat(failed.err())
                .contains("db: tag not shipped: it does not match tag.sha256 (expected ")
                .contains("db: 512 not shipped: it does not match 512.sha512 (expected ")
                .contains("db: back\\slash and\\nnewline not shipped: it does not match SHA256SUMS (expected ")
                .contains("hash, as gnu.sha256 has it)")
                .contains("hash, as SHA256SUMS has it)");
        Path dated = offsite.folders().get(1);
        assertThat(offsite.parts()).isEmpty();
        assertThat(dated.resolve("tag")).doesNotExist();
        assertThat(dated.resolve("SHA256SUMS")).content().contains("  gnu\n").isNotEqualTo(good);
        assertThat(old).as("not pruned after a failure").exists();
        assertThat(offsite.run("prune").exit()).isEqualTo(ExitCode.FAILED);
        assertThat(old).exists();

        for (String name : new String[] {"tag", "512", "back\\slash and\nnewline"}) {
            offsite.backup(name, "the dump " + name);
        }
        Result mended = offsite.run("ship");

        assertThat(mended.exit()).as("%s", mended).isZero();
        assertThat(old).doesNotExist();
    }
}
