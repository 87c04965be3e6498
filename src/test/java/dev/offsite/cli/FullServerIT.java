package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose disk is full: the way out is a command, which takes no more than it must. */
@RequiresSshd
@Timeout(180)
class FullServerIT {

    private static final int KIB = 1024;

    @TempDir
    private Path folder;

    private OpenSshServer server;
    private TestSite offsite;
    private boolean mounted;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = TestSite.of(folder, server).job("keep", "2").target("retries", "0");
        Files.createDirectories(offsite.root());
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        if (mounted) {
            new ProcessBuilder("umount", offsite.root().toString()).start().waitFor();
        }
    }

    private void disk(String options) throws Exception {
        mounted = new ProcessBuilder(
                                "mount",
                                "-t",
                                "tmpfs",
                                "-o",
                                options,
                                "tmpfs",
                                offsite.root().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
        assumeTrue(mounted, "a small disk needs the right to mount one");
    }

    private void dated(Path dated) throws IOException {
        Files.createDirectories(dated);
        Files.write(dated.resolve("dump"), new byte[200 * KIB]);
        Files.writeString(dated.resolve(Manifest.NAME), "0".repeat(64) + "  dump\n");
    }

    private void trashed(String name, Duration ago) throws IOException {
        dated(offsite.root().resolve(".trash").resolve(name));
        Files.writeString(
                offsite.root().resolve(".trash/.since-" + name), Instant.now().minus(ago) + "\n");
    }

    private void threeFolders() throws IOException {
        for (int day = 1; day <= 3; day++) {
            dated(offsite.root().resolve("2020010" + day));
        }
    }

    @Test
    void theTrashGoesFirstThenWhatNoRuleKeepsAndNoMoreThanMust() throws Exception {
        disk("size=1m");
        threeFolders();
        trashed("20191231", Duration.ofDays(1));
        offsite.backup("big", new byte[500 * KIB]);

        Result ship = offsite.run("ship");
        assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.FAILED);
        assertThat(ship.err()).contains("is full", "make room there (offsite prune --make-room db)");
        assertThat(offsite.run("prune").err()).contains("as the server is full: offsite prune --make-room db");
        Map<String, String> before = offsite.remote();

        Result dry = offsite.run("prune", "--make-room", "--dry-run", "db");
        assertThat(dry.exit()).as("%s", dry).isZero();
        assertThat(dry.out())
                .contains(".trash/20191231  200.", "would be deleted: pruned, and in the trash since")
                .containsPattern("20200101 .*would be deleted: no rule keeps it")
                .contains("db: 1 file of the last ship did not fit (500.0 KiB)", "this would make room")
                .doesNotContain("20200102", "20200103");
        assertThat(offsite.remote()).isEqualTo(before);

        Result made = offsite.run("prune", "--make-room", "db", "--json");
        assertThat(made.exit()).as("%s", made).isZero();
        JsonObject result = (JsonObject)
                ((JsonArray) Jsoner.deserialize(made.out(), new JsonObject()).get("jobs")).get(0);
        assertThat(result).containsEntry("fits", true).containsEntry("dryRun", false);
        assertThat(offsite.folders())
                .extracting(path -> path.getFileName().toString())
                .containsExactly(
                        "20200102", "20200103", offsite.today().getFileName().toString());
        assertThat(offsite.root().resolve(".trash")).isEmptyDirectory();

        Result again = offsite.run("ship");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(offsite.run("prune", "--make-room").out()).contains("nothing was deleted");
    }

    @Test
    void neitherWhatARuleKeepsNorTheTrashOfASuspiciousJobGoes() throws Exception {
        disk("size=1m");
        threeFolders();
        offsite.job("keep", "3").backup("big", new byte[900 * KIB]);
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        Map<String, String> before = offsite.remote();

        Result made = offsite.run("prune", "--make-room");

        assertThat(made.exit()).as("%s", made).isEqualTo(ExitCode.FAILED);
        assertThat(made.out()).contains("there is too little room, and nothing more may go");
        assertThat(offsite.remote()).isEqualTo(before);

        trashed("20191231", Duration.ofDays(1));
        Files.writeString(offsite.state().resolve("db.status"), "FAILED\nimplausible dump is empty\n");
        Result small = offsite.run("prune", "--make-room");
        assertThat(small.exit()).as("%s", small).isEqualTo(ExitCode.FAILED);
        assertThat(small.err()).contains("offsite prune --acknowledge db");
        assertThat(offsite.root().resolve(".trash/20191231/dump")).exists();
    }

    /** What no rule keeps may be the only whole copy then. */
    @Test
    void noDatedFolderGoesWhileCopiesAreDamaged() throws Exception {
        disk("size=1m");
        threeFolders();
        offsite.backup("big", new byte[500 * KIB]);
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        Files.writeString(offsite.state().resolve("db.status"), "FAILED\ndamage 20200102/dump differs\n");
        Map<String, String> before = offsite.remote();

        Result made = offsite.run("prune", "--make-room");

        assertThat(made.exit()).as("%s", made).isEqualTo(ExitCode.FAILED);
        assertThat(made.out() + made.err()).contains("copies on the server are damaged (20200102/dump differs)");
        assertThat(offsite.remote()).isEqualTo(before);
    }

    /** Or the half of a backup would push out the only whole one. */
    @Test
    void whatTheFailedShipHasBegunDoesNotCountAsABackup() throws Exception {
        disk("size=1m");
        dated(offsite.root().resolve("20200101"));
        offsite.backup("small", "small");
        assertThat(offsite.run("ship").exit()).isZero();
        offsite.job("keep", "1").backup("big", new byte[900 * KIB]);
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);

        assertThat(offsite.run("prune", "--make-room").exit()).isEqualTo(ExitCode.FAILED);

        assertThat(offsite.root().resolve("20200101/dump")).exists();
    }

    /** A quota: the server reports free space, and still refuses. So what is freed is counted. */
    @Test
    void whereFreeSpaceDoesNotExplainItAsMuchIsFreedAsFailedToShip() throws Exception {
        Path sftpServer = Path.of("/usr/lib/openssh/sftp-server");
        assumeTrue(Files.isExecutable(sftpServer), "no " + sftpServer);
        threeFolders();
        trashed("20191230", Duration.ofDays(2));
        trashed("20191231", Duration.ofDays(1));
        offsite.backup("big", new byte[100 * KIB]);
        server.reconfigure("ForceCommand bash -c 'trap \"\" XFSZ; ulimit -f 64; exec " + sftpServer + "'");
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);

        Result made = offsite.run("prune", "--make-room");

        assertThat(made.exit()).as("%s", made).isZero();
        assertThat(offsite.root().resolve(".trash").toFile().list())
                .as("one is enough")
                .containsExactlyInAnyOrder("20191231", ".since-20191231");
        assertThat(offsite.folders()).hasSize(4);
    }

    /** It refuses single files, not us. */
    @Test
    void noFreeInodesAreNoFaultOfTheTargetInTheNextRunEither() throws Exception {
        disk("size=4m,nr_inodes=3");
        offsite.backup("a", "a");
        for (int i = 0; i < 3; i++) {
            Result ship = offsite.run("ship");

            assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.FAILED);
            assertThat(ship.complaints())
                    .as("%s", ship)
                    .singleElement()
                    .asString()
                    .contains("no free inodes");
        }
    }

    @Test
    void noInodeForTheDatedFolderIsNoFaultOfTheTarget() throws Exception {
        disk("size=4m,nr_inodes=1");
        offsite.backup("a", "a");
        offsite.backup("b", "b");

        Result ship = offsite.run("ship");

        assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.FAILED);
        assertThat(ship.complaints())
                .as("once for all files")
                .filteredOn(line -> line.contains(" ERROR "))
                .singleElement()
                .asString()
                .contains("no free inodes");
    }
}
