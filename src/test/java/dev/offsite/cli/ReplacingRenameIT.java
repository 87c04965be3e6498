package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.owner.ReplacingRename;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose rename replaces nothing, as Erlang's: SHA256SUMS could be written once, and never again. */
@Timeout(60)
class ReplacingRenameIT {
    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        server.refuseReplacing();
        Files.createDirectories(server.files().resolve("srv"));
        site = TestSite.of(folder, server);
        site.backup("dump", "a dump");
        site.backup("sub/dump", "another dump");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    @Test
    void shipAndDoctorSayTheSame() {
        Result doctor = site.run("doctor");
        Result ship = site.run("ship");

        assertThat(doctor.exit()).as("%s", doctor).isEqualTo(ExitCode.FAILED);
        assertThat(doctor.out()).contains(ReplacingRename.MISSING);
        assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.FAILED);
        assertThat(ship.complaints()).anyMatch(line -> line.contains(ReplacingRename.MISSING));
        assertThat(ship.err()).doesNotContain("Exception");
    }

    /** As where sshd_config has {@code internal-sftp -P remove,rmdir,posix-rename}, which looks like what an archive needs. */
    @Test
    @RequiresSshd
    void alsoWhereNothingCanBeRemoved() throws IOException {
        String append = "ForceCommand internal-sftp -P remove,rmdir,posix-rename";
        try (OpenSshServer other = OpenSshServer.start(folder.resolve("other"), append)) {
            TestSite there =
                    TestSite.of(folder, other, folder.resolve("offsite")).job("prune", "never");

            Result ship = there.run("ship");

            assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.FAILED);
            assertThat(ship.complaints()).isNotEmpty().allMatch(line -> line.contains(ReplacingRename.MISSING));
        }
    }

    /** Else an upgrade, a new name of the machine, or a lost state folder would end all ships there. */
    @Test
    @RequiresSshd
    void theMarkOfARootIsRenewedWhereNothingCanBeRemoved() throws IOException {
        String append = "ForceCommand internal-sftp -P remove,rmdir,symlink,hardlink";
        try (OpenSshServer other = OpenSshServer.start(folder.resolve("other"), append)) {
            TestSite there =
                    TestSite.of(folder, other, folder.resolve("offsite")).job("prune", "never");
            assertThat(there.run("ship").exit()).isZero();
            Path mark = there.root().resolve(".offsite-owner");
            String written = Files.readString(mark);
            Files.writeString(mark, written.replaceAll("(?m)^host .*", "host earlier"));

            there.backup("later", "a later dump");
            Result ship = there.run("ship");

            assertThat(ship.exit()).as("%s", ship).isZero();
            assertThat(mark).hasContent(written);
            assertThat(there.run("adopt", "db").exit()).isZero();
        }
    }

    /** Also in the next runs: it is tried again. */
    @Test
    void noCopyIsLeftThatNoManifestLists() throws IOException {
        for (int run = 0; run < 2; run++) {
            Result ship = site.run("ship");

            assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.FAILED);
            assertThat(TestSite.filesIn(site.root())).as("%s", ship).isSubsetOf(List.of(".offsite-owner"));
        }
    }

    /** The server was updated: nothing needs to be told to Offsite. */
    @Test
    void itGoesOnOnceTheServerCan() throws IOException {
        assertThat(site.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        server.refuseSync();

        Result ship = site.run("ship");

        assertThat(ship.exit()).as("%s", ship).isZero();
        site.assertAllOffsite();
    }
}
