package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.StateFolder;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.PartNames;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A copy is never more open than its source, nothing is written through a link, and a source is a file. */
@RequiresSshd
@Timeout(120)
class ModesIT {
    private static final String MEDIUM = "x".repeat(100_000);

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"), "ForceCommand internal-sftp -u 0022");
        site = TestSite.of(folder, server);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static Path mode(String permissions, Path path) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private Path today() throws IOException {
        return site.folders().get(0);
    }

    private void ship() throws IOException {
        Result ran = site.run("ship");
        assertThat(ran.exit()).as(ran.toString()).isZero();
    }

    @Test
    void aCopyAndWhatIsRestoredAreNoMoreOpenThanTheSource() throws IOException {
        mode("rw-------", site.backup("small", "small"));
        mode("rw-r-----", site.backup("sub/medium", MEDIUM));
        mode("rwx------", site.source().resolve("sub"));
        mode("rwx------", site.source());

        ship();

        assertThat(mode(today().resolve("small"))).isEqualTo("rw-------");
        assertThat(mode(today().resolve("sub/medium"))).isEqualTo("rw-r-----");
        for (Path closed : new Path[] {today(), today().resolve("sub")}) {
            assertThat(mode(closed)).isEqualTo("rwx------");
        }
        assertThat(mode(today().resolve(Manifest.NAME))).isEqualTo("rw-------");

        Result restored =
                site.run("restore", "db", "--to", folder.resolve("back").toString());
        assertThat(restored.exit()).as(restored.toString()).isZero();
        assertThat(mode(folder.resolve("back/small"))).isEqualTo("rw-------");
        assertThat(mode(folder.resolve("back/sub/medium"))).isEqualTo("rw-r-----");
        assertThat(mode(folder.resolve("back/sub"))).isEqualTo("rwxr-x---");
    }

    @Test
    void aFolderIsOpenedForAMoreOpenCopyAndNeverClosed() throws IOException {
        mode("rwxr-xr-x", site.source());
        mode("rw-------", site.backup("private", "a"));
        ship();
        assertThat(mode(today())).isEqualTo("rwx------");

        mode("rw-r--r--", site.backup("public", "b"));
        ship();
        assertThat(mode(today())).isEqualTo("rwxr-xr-x");
        assertThat(mode(today().resolve(Manifest.NAME))).isEqualTo("rw-r--r--");

        mode("rw-------", site.backup("private again", "c"));
        ship();
        assertThat(mode(today())).isEqualTo("rwxr-xr-x");
        assertThat(mode(today().resolve("private again"))).isEqualTo("rw-------");
    }

    @Test
    void theServerChoosesWhereItIsToldTo() throws IOException {
        site.target("modes", "server");
        mode("rw-------", site.backup("small", "small"));
        mode("rw-------", site.backup("medium", MEDIUM));

        ship();

        assertThat(mode(today())).isEqualTo("rwxr-xr-x");
        assertThat(mode(today().resolve("small"))).isEqualTo("rw-r--r--");
        assertThat(mode(today().resolve("medium"))).isEqualTo("rw-r--r--");
    }

    @Test
    void whatIsPutAndGotIsNoMoreOpen() throws IOException {
        site.backup("x", "x");
        Path tree = Files.createDirectory(folder.resolve("tree"));
        mode("rwxr-x---", Files.createDirectory(tree.resolve("sub")));
        mode("rw-------", Files.writeString(tree.resolve("sub/private"), MEDIUM));
        mode("rwxr-xr-x", Files.writeString(tree.resolve("script"), "x"));
        mode("rwx------", tree);
        Path there = folder.resolve("server/tree");

        Result put = site.run("put", tree.toString(), there.toString());
        assertThat(put.exit()).as(put.toString()).isZero();
        Result got = site.run("get", there.toString(), folder.resolve("back").toString());
        assertThat(got.exit()).as(got.toString()).isZero();

        for (Path copy : new Path[] {there, folder.resolve("back")}) {
            assertThat(mode(copy)).isEqualTo("rwx------");
            assertThat(mode(copy.resolve("sub"))).isEqualTo("rwxr-x---");
            assertThat(mode(copy.resolve("sub/private"))).isEqualTo("rw-------");
            assertThat(mode(copy.resolve("script"))).isEqualTo("rwxr-xr-x");
        }
    }

    @Test
    void aLinkThatWaitsUnderTheTemporaryNameIsNotWrittenThrough() throws IOException {
        site.backup("first", "first");
        ship();
        Path outside = Files.writeString(folder.resolve("outside"), "untouched");
        PartNames names = new PartNames(new StateFolder(folder.resolve("state")));
        for (String content : new String[] {"small", MEDIUM}) {
            Path file = site.backup("dump " + content.length(), content);
            String name = file.getFileName().toString();
            long modified = Files.getLastModifiedTime(file).toMillis();
            String part = names.of(today().toString(), name, content.length(), modified);
            Files.createSymbolicLink(today().resolve(part), outside);

            ship();

            assertThat(outside).hasContent("untouched");
            assertThat(today().resolve(name)).isRegularFile().hasContent(content);
            assertThat(Files.isSymbolicLink(today().resolve(name))).isFalse();
        }
    }

    @Test
    void theNameOfAPartCannotBeGuessed() {
        PartNames ours = new PartNames(new StateFolder(folder.resolve("state")));
        String name = ours.of("/srv/db/20260131", "a/dump", 1, 2);

        assertThat(new PartNames(new StateFolder(folder.resolve("state"))).of("/srv/db/20260131", "a/dump", 1, 2))
                .isEqualTo(name)
                .startsWith("a/.offsite-");
        assertThat(new PartNames(new StateFolder(folder.resolve("other"))).of("/srv/db/20260131", "a/dump", 1, 2))
                .isNotEqualTo(name);
        assertThat(ours.of("/srv/db/20260131", "a/dump", 1, 3)).isNotEqualTo(name);
        assertThat(folder.resolve("state/part-names.secret"))
                .satisfies(secret -> assertThat(mode(secret)).isEqualTo("rw-------"));
    }

    @Test
    void aManifestThatIsALinkIsRefusedByName() throws IOException {
        site.backup("first", "first");
        ship();
        Path manifest = today().resolve(Manifest.NAME);
        Path outside = Files.move(manifest, folder.resolve("outside"));
        Files.createSymbolicLink(manifest, outside);
        String before = Files.readString(outside);
        site.backup("second", "second");

        Result ran = site.run("ship");

        assertThat(ran.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(ran.err()).contains(manifest + " is a symbolic link");
        assertThat(Files.readString(outside)).isEqualTo(before);
        assertThat(today().resolve("second")).doesNotExist();
    }

    /** As rsync -t and cp -p replace a file. */
    @Test
    void aFileThatAnotherOneOfTheSameSizeAndTimeReplacedIsShipped() throws IOException {
        Path file = site.backup("dump", "old");
        FileTime time = Files.getLastModifiedTime(file);
        ship();
        Path other = Files.writeString(folder.resolve("other"), "new");
        Files.setLastModifiedTime(other, time);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

        ship();

        assertThat(today().resolve("dump")).hasContent("new");
        assertThat(site.run("ship").out()).contains("nothing new");
    }
}
