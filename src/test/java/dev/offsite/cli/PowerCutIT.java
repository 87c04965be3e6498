package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server loses its power at the moment a run ends. Its disk is a file system in an image: what has not reached the image
 * by then is lost.
 */
@RequiresSshd
class PowerCutIT {
    private static final int SIZE = 64 << 20;

    @TempDir
    Path folder;

    private final List<Path> mounted = new ArrayList<>();

    @AfterEach
    void unmount() throws Exception {
        for (Path mount : mounted) {
            mustRun("umount", mount.toString());
        }
    }

    @Test
    void whatWasDeletedHereIsOnTheServersDisk() throws Exception {
        assertSurvives();
    }

    @Test
    void theSameWithoutCommands() throws Exception {
        assertSurvives("ForceCommand internal-sftp");
    }

    private void assertSurvives(String... sshd) throws Exception {
        Path image = folder.resolve("disk");
        Path disk = mount(image, folder.resolve("mounted"), true);
        try (OpenSshServer server = OpenSshServer.start(folder.resolve("sshd"), sshd)) {
            TestSite site = TestSite.of(Files.createDirectory(folder.resolve("site")), server, disk.resolve("db"));
            site.job("after", "delete");
            Random random = new Random(17);
            for (int i = 0; i < 10; i++) {
                byte[] content = new byte[1 + random.nextInt(300_000)];
                random.nextBytes(content);
                site.backup("sub" + i % 3 + "/dump" + i, content);
            }
            var before = TestSite.tree(site.source());

            Result shipped = site.run("ship");
            Files.copy(image, folder.resolve("cut"));

            assertThat(shipped.exit()).as("%s", shipped).isZero();
            assertThat(TestSite.filesIn(site.source())).isEmpty();
            Path after =
                    mount(folder.resolve("cut"), folder.resolve("after"), false).resolve("db");
            Path dated = after.resolve(site.dated().getFileName());
            Result check = TestSite.tool(dated, "sha256sum", "-c", "--strict", "SHA256SUMS");
            assertThat(check.exit()).as("%s", check).isZero();
            assertThat(TestSite.tree(dated)).containsAllEntriesOf(before);
        }
    }

    private Path mount(Path image, Path at, boolean make) throws Exception {
        if (make) {
            try (var file = new java.io.RandomAccessFile(image.toFile(), "rw")) {
                file.setLength(SIZE);
            }
            mustRun("mkfs.ext4", "-q", "-F", image.toString());
        }
        Files.createDirectories(at);
        Result mount = TestSite.tool(folder, "mount", "-o", "loop", image.toString(), at.toString());
        assumeTrue(mount.exit() == 0, "a disk that can be cut off needs the right to mount an image: " + mount.err());
        mounted.add(at);
        return at;
    }

    private void mustRun(String... command) throws IOException {
        Result result = TestSite.tool(folder, command);
        assertThat(result.exit()).as("%s", result).isZero();
    }
}
