package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.PostgresServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.SshVariant;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The jobs of {@code examples/}, with what they are for: their servers are real. */
@Timeout(300)
@RequiresSshd
class ExamplesIT {

    @TempDir
    Path folder;

    @Test
    void aPostgresqlDatabaseComesBackWholeFromWhatWasShippedAtNight() throws IOException {
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("server"))) {
            TestSite site = TestSite.of(folder, server).asProcess();
            new Example("postgresql").useJob(site, "app");
            try (PostgresServer postgres = PostgresServer.start()) {
                postgres.environment().forEach(site::env);
                backUpAndRestore(postgres, site);
            }

            Result withoutServer = site.run("ship");
            assertThat(withoutServer.exit()).as("%s", withoutServer).isEqualTo(ExitCode.FAILED);
            assertThat(withoutServer.out()).contains("db: nothing shipped: before-command exited with 1: ");
            assertThat(withoutServer.err()).contains("before-command: pg_dump: error: connection to server on socket ");
        }
    }

    private void backUpAndRestore(PostgresServer postgres, TestSite site) {
        postgres.sql("postgres", "create database app");
        postgres.sql("app", "create table visits as select generate_series(1, 1000) as number");

        Result shipped = site.run("ship");
        assertThat(shipped.exit()).as("%s", shipped).isZero();
        assertThat(site.dated().resolve("app.dump")).isNotEmptyFile();

        Result drill = site.run("drill");
        assertThat(drill.exit()).as("%s", drill).isZero();

        Path restored = folder.resolve("restored");
        assertThat(site.run("restore", "db", "--to", restored.toString()).exit())
                .isZero();
        postgres.sql("postgres", "drop database app");
        postgres.run(
                "pg_restore",
                "--create",
                "--dbname",
                "postgres",
                restored.resolve("app.dump").toString());
        assertThat(postgres.sql("app", "select count(*), sum(number) from visits"))
                .isEqualTo("1000|500500");
    }

    @Test
    void aNasThatHasNothingButSftpIsReadBack() throws IOException {
        try (SshVariant.Started nas = SshVariant.CHROOT.start(folder.resolve("nas"))) {
            TestSite site = TestSite.of(folder, nas).asProcess();
            new Example("nas").useJobs(site);
            Files.createDirectory(folder.resolve("backups"));
            Files.writeString(
                    Files.createDirectories(folder.resolve("home/Documents")).resolve("letter"), "Dear Sir or Madam");
            Path root = nas.disk().resolve("documents");
            Path oldest = olderFolders(root).get(0);

            Result doctor = site.run("doctor");
            assertThat(doctor.exit()).as("%s", doctor).isZero();
            assertThat(doctor.out()).containsPattern("verification +ok +readback");
            Result ship = site.run("ship");
            assertThat(ship.exit()).as("%s", ship).isZero();
            assertThat(ship.err()).contains("-> /backups/documents/").contains(", readback)");
            assertThat(root.resolve(".trash").resolve(oldest.getFileName())).exists();

            Path copy = root.resolve(site.dayBefore(0)).resolve("documents.tar.gz");
            byte[] good = Files.readAllBytes(copy);
            byte[] bad = good.clone();
            bad[bad.length / 2] ^= 1;
            Files.write(copy, bad);
            Result scrub = site.run("scrub", "--all");
            assertThat(scrub.exit()).as("%s", scrub).isEqualTo(ExitCode.FAILED);
            assertThat(scrub.out()).contains("documents.tar.gz: the copy differs", "shipped again and verified");
            assertThat(copy).hasBinaryContent(good);
            assertThat(site.run("scrub", "--all").exit()).isZero();

            String to = folder.resolve("restored").toString();
            assertThat(site.run("restore", "documents", "--to", to).exit()).isZero();
            assertThat(TestSite.tool(Path.of(to), "tar", "-xzOf", "documents.tar.gz", "Documents/letter")
                            .out())
                    .isEqualTo("Dear Sir or Madam");
        }
    }

    /** More daily folders than the job keeps. */
    private static List<Path> olderFolders(Path root) throws IOException {
        List<Path> folders = new ArrayList<>();
        for (int day = 10; day < 22; day++) {
            Path dated = Files.createDirectories(root.resolve("202001" + day));
            Files.createFile(dated.resolve(Manifest.NAME));
            folders.add(dated);
        }
        return folders.subList(
                1, folders.size()); // the very first one stays while there are fewer than the rules allow
    }
}
