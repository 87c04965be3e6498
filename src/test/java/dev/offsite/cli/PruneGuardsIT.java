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
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pruning that does not dare to: nothing is lost, and it is said why and what to do. */
@RequiresSshd
@Timeout(300)
class PruneGuardsIT {
    @TempDir
    static Path sshd;

    static OpenSshServer server;

    @TempDir
    Path folder;

    private TestSite offsite;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(sshd.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server).job("keep", "3");
        for (int day = 1; day <= 6; day++) {
            dated("2020010" + day, "x".repeat(1000));
        }
    }

    private Path dated(String name, String dump) throws IOException {
        Path dated = Files.createDirectories(offsite.root().resolve(name));
        Files.writeString(dated.resolve("dump"), dump);
        Files.writeString(dated.resolve(Manifest.NAME), "0".repeat(64) + "  dump\n");
        return dated;
    }

    /** Refused with that message, by a dry run too, and nothing has changed. */
    private void refused(String message) {
        Map<String, String> before = offsite.remote();

        Result dry = offsite.run("prune", "--dry-run");
        Result result = offsite.run("prune");

        assertThat(dry.exit()).as("%s", dry).isEqualTo(ExitCode.FAILED);
        assertThat(dry.err()).contains("offsite: db: nothing pruned: ").contains(message);
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.complaints())
                .anyMatch(line -> line.startsWith("offsite: db: nothing pruned: ") && line.contains(message));
        assertThat(offsite.remote()).isEqualTo(before);
    }

    @Test
    void whileCopiesAreDamaged() throws IOException {
        Files.createDirectories(offsite.state());
        Files.writeString(offsite.state().resolve("db.status"), "OK\ndamage 20200106/dump differs\n");

        refused("copies on the server are damaged (20200106/dump differs)");
        assertThat(offsite.run("prune", "--acknowledge").out()).contains("nothing to acknowledge");
        refused("damaged");
    }

    @Test
    void moreAtOnceThanIsAllowed() throws IOException {
        for (int day = 10; day < 30; day++) {
            dated("201912" + day, "x".repeat(1000));
        }

        refused("23 folders would go at once, and offsite.prune.max allows 15");
        assertThat(offsite.run("prune", "--max", "22").exit()).isEqualTo(ExitCode.FAILED);
        assertThat(offsite.run("prune", "--max", "0").exit()).isEqualTo(ExitCode.CONFIGURATION);

        assertThat(offsite.run("prune", "--max", "23").exit()).isZero();
        assertThat(offsite.folders()).hasSize(3);
    }

    @Test
    void aRootThatCannotBeListed() throws IOException {
        Path file = Files.writeString(folder.resolve("server/a file"), "precious");
        offsite.job("root", file.toString());

        refused("the listing of " + file + " failed or was cut short");
        assertThat(file).hasContent("precious");
    }

    @Test
    void aNewBackupThatIsSuspiciouslySmallUntilItIsAcknowledged() throws IOException {
        offsite.backup("dump", "broken");

        Result ship = offsite.run("ship");

        assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.FAILED);
        assertThat(ship.out()).contains("db: 1 file shipped and verified", "pruning: nothing pruned: ", "has only 6 B");
        assertThat(ship.err()).contains("WARN", "suspiciously small").doesNotContain("Exception");
        assertThat(offsite.folders()).as("all that were, and the new one").hasSize(7);
        refused("has only 6 B; the median of the 6 before is 1000 B; look at it, and if it is as it should be: "
                + "offsite prune --acknowledge db");
        // A good one does not lift it: what is broken may be needed to find out why.
        offsite.backup("dump", "y".repeat(1100));
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);

        Result acknowledged = offsite.run("prune", "--acknowledge", "db");

        assertThat(acknowledged.exit()).as("%s", acknowledged).isZero();
        assertThat(acknowledged.out()).startsWith("db: acknowledged: ");
        assertThat(offsite.folders()).as("nothing is pruned yet").hasSize(7);
        Result prune = offsite.run("prune");
        assertThat(prune.exit()).as("%s", prune).isZero();
        assertThat(offsite.folders()).hasSize(3);
    }

    /** Once acknowledged it is not asked again, nor is what has always been empty. */
    @Test
    void anEmptyBackup() throws IOException {
        for (Path dated : offsite.folders()) {
            Files.createFile(dated.resolve("flag"));
        }
        offsite.backup("dump", "");
        offsite.backup("flag", "");

        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        refused("dump is empty; the median of the 6 before is 1000 B; look");
        offsite.run("prune", "--acknowledge");

        assertThat(offsite.run("prune").exit()).isZero();
        assertThat(offsite.run("prune").exit()).isZero();
    }

    @Test
    void aManifestThatCannotBeReadFillsNoSlotAndIsNotRemoved() throws IOException {
        Files.writeString(offsite.root().resolve("20200106").resolve(Manifest.NAME), "garbage\n");
        Files.writeString(offsite.root().resolve("20200101").resolve(Manifest.NAME), "../../etc/passwd\n");
        Path folderAsManifest = Files.createDirectories(offsite.root().resolve("20200107"));
        Files.createDirectories(folderAsManifest.resolve(Manifest.NAME));

        Result result = offsite.run("prune");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(offsite.folders())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("20200101", "20200103", "20200104", "20200105", "20200106", "20200107");
        assertThat(result.out())
                .contains("20200107    left alone: no SHA256SUMS, not verified")
                .contains("20200106    left alone: its manifest cannot be read, not verified (SHA256SUMS line 1")
                .contains("20200101    left alone: its manifest cannot be read");
    }

    @Test
    void aPartlyUploadedFolderFillsNoSlotAndStalePartFilesAreCleaned() throws IOException {
        String part = ".offsite-0123456789abcdef0123456789abcdef.part";
        Path fresh = Files.writeString(offsite.root().resolve("20200106").resolve(part), "x");
        Path stale =
                Files.createDirectories(offsite.root().resolve("20200105/deep")).resolve(part);
        Files.writeString(stale, "x");
        Files.setLastModifiedTime(stale, FileTime.from(Instant.now().minusSeconds(100_000)));
        Path notOurs = Files.writeString(offsite.root().resolve("20200105/.offsite-x.part"), "x");
        Files.setLastModifiedTime(notOurs, FileTime.from(Instant.now().minusSeconds(100_000)));

        Result dry = offsite.run("prune", "--dry-run");
        assertThat(stale).exists();
        Result result = offsite.run("prune");

        assertThat(dry.exit()).isZero();
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.out())
                .contains("20200106    left alone: partly uploaded", "20200105    kept: the newest of 3");
        assertThat(fresh).exists();
        assertThat(stale).doesNotExist();
        assertThat(notOurs).exists();
    }

    /** As a user who may not do everything, and has no shell. */
    @Test
    void aFolderThatCannotBeReadIsLeftAlone() throws Exception {
        Path locked = offsite.root().resolve("20200106");
        assumeTrue(System.getProperty("user.name").equals("root"), "needs the right to give files away");
        try (OpenSshServer other = OpenSshServer.start(folder.resolve("sshd"))) {
            run("chmod", "a+rx", folder.toString(), folder.resolve("sshd").toString());
            run("chmod", "a+r", folder.resolve("sshd/authorized_keys").toString());
            run("chown", "-R", "nobody", folder.resolve("server").toString());
            run("chmod", "0", locked.toString());
            offsite.target("user", "nobody")
                    .target("port", String.valueOf(other.port()))
                    .target("key", other.key().toString())
                    .target("known-hosts", other.knownHosts().toString());

            Result result = offsite.run("prune");

            assertThat(result.exit()).as("%s%n%s", result, other.log()).isZero();
            assertThat(result.out())
                    .contains("20200106    left alone: cannot be read, not verified (Permission denied)")
                    .contains("20200105    kept: the newest of 3");
        }
        run("chmod", "755", locked.toString());
        assertThat(locked.resolve("dump")).exists();
        assertThat(offsite.folders()).hasSize(4);
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    /** One listing and a handful of commands, however many folders there are. */
    @Test
    void tenThousandFoldersAreListedInFewRoundTrips() throws IOException {
        Path root = offsite.root();
        for (int i = 0; i < 10_000; i++) {
            Path dated = Files.createDirectories(root.resolve(
                    java.time.LocalDate.of(1990, 1, 1).plusDays(i).toString().replace("-", "")));
            Files.writeString(dated.resolve(Manifest.NAME), "");
        }
        int logins = server.logins();
        long before = System.nanoTime();

        Result result = offsite.run("prune");

        long nanos = System.nanoTime() - before;
        assertThat(result.exit()).as("%s", result.err()).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("folders would go at once");
        System.out.printf("10,000 folders listed and planned in %d ms%n", TimeUnit.NANOSECONDS.toMillis(nanos));
        // For the listing and for the commands; a question about each folder would have taken five.
        assertThat(server.logins() - logins).isEqualTo(1);
    }
}
