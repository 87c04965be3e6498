package dev.offsite.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.DatedFolder;
import dev.offsite.proof.Manifest;
import dev.offsite.support.Installation;
import dev.offsite.support.Installation.Result;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@RequiresSshd
@Timeout(120)
class PruneIT {
    @TempDir
    Path folder;

    private OpenSshServer server;
    private Installation offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = new Installation(folder, server).job("keep", "3");
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
        assertThat(offsite.remote().keySet()).noneMatch(name -> name.contains("20200103"));
    }

    @Test
    void aDryRunSaysItAndChangesNothing() {
        Map<String, String> before = offsite.remote();

        Result result = offsite.run("prune", "--dry-run");

        assertThat(result.exit()).isZero();
        assertThat(result.out().lines())
                .hasSize(6)
                .allMatch(line -> line.contains("kept: ") || line.contains("would be removed: "));
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
        Map<String, String> before = offsite.remote();
        Map<String, String> others = Installation.tree(folder.resolve("server/outside"));

        Result result = offsite.run("prune");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(link).doesNotExist();
        Map<String, String> left = new TreeMap<>(before);
        left.keySet().removeIf(name -> name.matches("2020010[123](/.*)?"));
        assertThat(withoutTrash(offsite.remote())).isEqualTo(left);
        assertThat(Installation.tree(folder.resolve("server/outside"))).isEqualTo(others);
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
        // The place where it would go is taken by a folder that cannot be emptied either.
        Path mount = Files.createDirectories(offsite.root().resolve(".trash/20200102/mounted"));
        Process tmpfs = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mount.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        org.junit.jupiter.api.Assumptions.assumeTrue(tmpfs.waitFor() == 0, "needs the right to mount");
        try {
            Result result = offsite.run("prune");

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.err()).contains("20200102 not pruned").doesNotContain("Exception");
            assertThat(stuck).isDirectory();
            assertThat(offsite.root().resolve("20200101")).doesNotExist();
            assertThat(offsite.root().resolve("20200103")).doesNotExist();
        } finally {
            new ProcessBuilder("umount", mount.toString()).start().waitFor();
        }
        assertThat(offsite.run("prune").exit()).isZero();
        assertThat(stuck).doesNotExist();
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
