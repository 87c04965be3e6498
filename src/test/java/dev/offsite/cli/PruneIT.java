package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.job.DatedFolder;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresSshd
@Timeout(300)
class PruneIT {
    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = TestSite.of(folder, server).job("keep", "3");
        for (int day = 1; day <= 6; day++) {
            dated("2020010" + day);
        }
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void keepsTheNewest() {
        Result result = offsite.run("prune");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(offsite.folders())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("20200104", "20200105", "20200106");
        assertThat(result.out())
                .contains("20200106    kept: the newest of 3")
                .contains("20200103    removed: older than the newest 3");
        assertThat(offsite.remote()).containsKeys(".trash/20200103/dump").doesNotContainKey("20200103");
    }

    @Test
    void aDryRunSaysItAndChangesNothing() {
        Map<String, String> before = offsite.remote();

        Result result = offsite.run("prune", "--dry-run");

        assertThat(result.exit()).isZero();
        assertThat(result.out().lines())
                .hasSize(6)
                .allMatch(line -> line.contains("kept: ") || line.contains("would be removed: "))
                .contains(
                        "db  20200106    8 B  0 files  listed  kept: the newest of 3",
                        "db  20200103    8 B  0 files  listed  would be removed: older than the newest 3");
        assertThat(offsite.remote()).isEqualTo(before);
    }

    @Test
    void invariant5_whatIsNotOursIsNotTouched() throws IOException {
        Path root = offsite.root();
        Path outside = Files.createDirectories(folder.resolve("server/outside/20190101"));
        Files.writeString(outside.resolve(Manifest.NAME), "");
        Files.createSymbolicLink(root.resolve("20190101"), outside);
        Files.writeString(root.resolve("20190102"), "a file");
        dated("20190230");
        dated("it's \"mine\"; rm -rf $(pwd)");
        dated("2019010a");
        dated("20190101.old");
        dated(DatedFolder.BASIC.name(LocalDate.now(ZoneId.systemDefault()).plusDays(400)));
        Files.createDirectories(root.resolve("20190103"));
        Files.writeString(root.resolve("20190103/precious"), "no manifest");
        Path link = Files.createSymbolicLink(root.resolve("20200101/to outside"), outside);
        offsite.job("trash", "0");
        Map<String, String> before = offsite.remote();
        Map<String, String> others = TestSite.tree(folder.resolve("server/outside"));

        Result result = offsite.run("prune");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(link).doesNotExist();
        Map<String, String> left = new TreeMap<>(before);
        left.keySet().removeIf(name -> name.matches("2020010[123](/.*)?"));
        assertThat(withoutTrash(offsite.remote())).isEqualTo(left);
        assertThat(TestSite.tree(folder.resolve("server/outside"))).isEqualTo(others);
        assertThat(result.out()).contains("left alone: a symbolic link or file", "left alone: no SHA256SUMS");
    }

    @Test
    void invariant6_nothingIsPrunedWhileTheLastShipFailed() throws IOException {
        Path file = offsite.backup("dump.sql", "a dump");
        // Its name is taken on the server by a folder that has something in it.
        for (LocalDate day : new LocalDate[] {
            LocalDate.now(ZoneId.systemDefault()),
            LocalDate.now(ZoneId.systemDefault()).plusDays(1)
        }) {
            Files.createDirectories(
                    offsite.root().resolve(DatedFolder.BASIC.name(day)).resolve("dump.sql/taken"));
        }
        offsite.target("retries", "0");
        assertThat(offsite.run("ship").exit()).isEqualTo(ExitCode.FAILED);
        Map<String, String> before = offsite.remote();

        Result refused = offsite.run("prune");

        assertThat(refused.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.complaints()).singleElement().asString().contains("the last ship did not end well");
        assertThat(offsite.remote()).isEqualTo(before);

        // The file that failed is given up: a ship with nothing to do has ended well.
        Files.delete(file);
        assertThat(offsite.run("ship").exit()).isZero();
        assertThat(offsite.run("prune").exit()).isZero();
        assertThat(offsite.root().resolve("20200103")).doesNotExist();
    }

    @Test
    void invariant6_anEmptyPolicyRemovesNothing() {
        offsite.job("keep", "");
        Map<String, String> before = offsite.remote();

        assertThat(offsite.run("prune").exit()).isZero();

        assertThat(offsite.remote()).isEqualTo(before);
    }

    @Test
    void aFolderThatCannotBeRemovedIsNamedAndStopsNoOther() throws Exception {
        Path stuck = offsite.root().resolve("20200102");
        assumeTrue(mount(stuck), "needs the right to mount");
        try {
            dated("20200102");

            Result result = offsite.run("prune");

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.err()).contains("20200102 not pruned").doesNotContain("Exception");
            assertThat(result.out()).contains("20200102    NOT removed: ");
            assertThat(stuck.resolve("dump")).exists();
            assertThat(offsite.root().resolve("20200101")).doesNotExist();
            assertThat(offsite.root().resolve("20200103")).doesNotExist();
        } finally {
            unmount(stuck);
        }
        assertThat(offsite.run("prune").exit()).isZero();
        assertThat(stuck).doesNotExist();
    }

    /** Not the first of those to delete, and the deletion of the others goes on. */
    @Test
    void aFolderThatCannotBeDeletedFromTheTrashIsNamedToo() throws Exception {
        offsite.job("trash", "0");
        Path mount = Files.createDirectories(offsite.root().resolve("20200102/mounted"));
        assumeTrue(mount(mount), "needs the right to mount");
        Path moved = null;
        try {
            Result result = offsite.run("prune");

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.err()).contains("20200102 not deleted");
            try (Stream<Path> left = Files.list(offsite.root().resolve(".trash"))) {
                moved = left.toList().get(0);
            }
            assertThat(offsite.root().resolve(".trash").toFile().list()).hasSize(1);
        } finally {
            unmount(moved == null ? mount : moved.resolve("mounted"));
        }
        assertThat(offsite.run("prune").exit()).isZero();
        assertThat(offsite.root().resolve(".trash")).isEmptyDirectory();
    }

    @Test
    void neverIsNeverAndNobodyIsNagged() throws IOException {
        offsite.job("prune", "never");
        offsite.backup("dump", "a dump");
        Map<String, String> before = offsite.remote();

        Result ship = offsite.run("ship");
        Result prune = offsite.run("prune");

        assertThat(ship.exit()).as("%s", ship).isZero();
        assertThat(prune.exit()).isZero();
        assertThat(prune.out()).isEqualTo("db: nothing is pruned here (prune=never)%n".formatted());
        assertThat(ship.complaints()).isEmpty();
        assertThat(prune.complaints()).isEmpty();
        assertThat(offsite.remote()).containsAllEntriesOf(before);
    }

    @Test
    void jsonSaysTheSame() throws Exception {
        dated("notes");

        JsonObject all = (JsonObject)
                Jsoner.deserialize(offsite.run("prune", "--dry-run", "--json").out());
        JsonArray jobs = (JsonArray) all.get("jobs");

        JsonObject job = (JsonObject) jobs.get(0);
        assertThat(job)
                .containsEntry("job", "db")
                .containsEntry("root", offsite.root().toString())
                .containsEntry("dryRun", true)
                .containsEntry("policy", "the newest 3 folders");
        assertThat(job).containsEntry("refusals", new JsonArray());
        JsonArray folders = (JsonArray) job.get("folders");
        assertThat((JsonObject) folders.get(0))
                .containsEntry("folder", "20200106")
                .containsEntry("date", "2020-01-06")
                .containsEntry("action", "keep")
                .containsEntry("reasons", new JsonArray(List.of("the newest of 3")))
                .containsEntry("verification", "listed");
        assertThat(((JsonObject) folders.get(0)).getLong("size")).isEqualTo(8);
        assertThat(((JsonObject) folders.get(5))).containsEntry("action", "remove");
        assertThat(((JsonObject) folders.get(6)))
                .containsEntry("folder", "notes")
                .containsEntry("date", null)
                .containsEntry("action", "leave")
                .containsEntry("size", null);
    }

    /** A rule that is given alone is alone: the default of keep does not widen it. */
    @Test
    void onlyTheRulesThatAreGivenCount() {
        offsite.unset("camel.routeTemplate[db].keep").job("keep-yearly", "1");

        assertThat(offsite.run("prune").exit()).isZero();

        assertThat(offsite.folders())
                .extracting(path -> path.getFileName().toString())
                .containsExactly("20200106");
    }

    @Test
    void rulesAreAUnion() {
        offsite.job("keep", "1").job("keep-within", "2d").job("keep-monthly", "2");

        Result result = offsite.run("prune");

        assertThat(result.out())
                .contains(
                        "20200106    kept: the newest, monthly 1 of 2, within 2d",
                        "20200105    kept: within 2d",
                        "20200104    removed: no rule keeps it (the newest 1 folders, 2 months, all within 2d)",
                        "20200101    kept: monthly 2 of 2 (the oldest)");
    }

    /** What a command on the server cannot do is done over SFTP. */
    @Test
    void aServerWithSftpAlone() throws IOException {
        server.reconfigure("ForceCommand internal-sftp");
        offsite.job("trash", "0");
        Files.createDirectories(offsite.root().resolve("20200101/deep/er"));
        Path outside = Files.createDirectories(folder.resolve("server/outside"));
        Files.writeString(outside.resolve("precious"), "x");
        Files.createSymbolicLink(offsite.root().resolve("20200101/deep/link"), outside);
        Files.writeString(offsite.root().resolve("20200101/deep/er/it's \"$(x)\"\n"), "x");

        Result result = offsite.run("prune");
        Result dry = offsite.run("prune", "--dry-run");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(offsite.folders()).hasSize(3);
        assertThat(offsite.root().resolve(".trash")).isEmptyDirectory();
        assertThat(outside.resolve("precious")).exists();
        assertThat(dry.out()).contains("20200106    8 B  0 files  listed  kept: the newest of 3");
    }

    private static boolean mount(Path path) throws Exception {
        Process tmpfs = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return tmpfs.waitFor() == 0;
    }

    private static void unmount(Path path) throws Exception {
        new ProcessBuilder("umount", path.toString()).start().waitFor();
    }

    private void dated(String name) throws IOException {
        Path dated = Files.createDirectories(offsite.root().resolve(name));
        Files.writeString(dated.resolve("dump"), name);
        Files.writeString(dated.resolve(Manifest.NAME), "");
    }

    private static Map<String, String> withoutTrash(Map<String, String> tree) {
        Map<String, String> rest = new TreeMap<>(tree);
        assertThat(rest.keySet()).noneMatch(name -> name.startsWith(".trash/"));
        rest.remove(".trash");
        return rest;
    }
}
