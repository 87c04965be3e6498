package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.FaultyFiles;
import dev.offsite.support.FaultyFiles.Fault;
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

/** A server that runs no commands and hashes files over SFTP. */
@Timeout(120)
class CheckFileIT {
    private static final int FILES = 70;

    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        server.refuseCommands();
        // FaultyFiles are none that can be synced.
        server.refuseSync();
        site = TestSite.of(folder, server).target("verify", "hash").target("retries", "0");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void copiesAreHashedOverSftp() throws IOException {
        server.offerCheckFile();
        for (int i = 0; i < FILES; i++) {
            site.backup("sub/file " + i, "content " + i);
        }
        site.backup("empty", "");
        site.backup("gr\u00fc\u00dfe 'quoted'\n;$(x)", "a name that is hard for a command");
        site.backup("large", new byte[3 << 20]);

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        site.assertAllOffsite();
        assertThat(site.verifications().values()).hasSize(FILES + 3).containsOnly("hash");
        assertThat(site.run("scrub").exit()).isZero();
        assertThat(site.run("doctor").out()).contains("SFTP's check-file", "hash: the server hashes each copy");
    }

    @Test
    void aFlippedByteIsFound() throws IOException {
        server.offerCheckFile();
        site.backup("dump", "a dump");
        site.backup("other", "another dump");
        assertThat(site.run("ship").exit()).isZero();
        Files.delete(site.source().resolve("dump"));
        Files.writeString(site.today().resolve("dump"), "A dump");

        Result scrubbed = site.run("scrub");

        assertThat(scrubbed.exit()).as("%s", scrubbed).isEqualTo(ExitCode.FAILED);
        assertThat(scrubbed.err()).contains("dump is changed").doesNotContain("other is");
    }

    @Test
    void whatArrivesDamagedIsNotPublished() throws IOException {
        server.offerCheckFile();
        site.backup("first", "so that the server is trusted");
        assertThat(site.run("ship").exit()).isZero();
        server.accessFiles(new FaultyFiles(Fault.CORRUPTS, file -> true));
        site.backup("dump", "a dump");

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isEqualTo(ExitCode.FAILED);
        assertThat(site.today().resolve("dump")).doesNotExist();
    }

    /** The server gives the hash of what it misreads. */
    @Test
    void aWrongHashOfAKnownFileIsNotBelieved() throws IOException {
        server.offerCheckFile();
        server.accessFiles(
                new FaultyFiles(Fault.MISREADS, file -> file.toString().endsWith(".part")));
        site.backup("dump", "a dump");

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isNotZero();
        assertThat(shipped.err()).contains("check-file gives a wrong hash of a file that we know");
        assertThat(site.today().resolve("dump")).doesNotExist();
    }

    @Test
    void withoutItCopiesAreReadBack() throws IOException {
        site.target("verify", "readback");
        site.backup("dump", "a dump");

        Result shipped = site.run("ship");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        assertThat(site.verifications().values()).containsOnly("readback");
        assertThat(site.run("doctor").out()).contains("readback: each copy is downloaded again");
    }

    @Test
    void aProgramThatIsSetExcludesIt() throws IOException {
        server.offerCheckFile();
        site.target("verify", "readback").target("verify.command", "sha256sum");
        site.backup("dump", "a dump");

        assertThat(site.run("ship").exit()).isZero();
        assertThat(site.verifications().values()).containsOnly("readback");
    }
}
