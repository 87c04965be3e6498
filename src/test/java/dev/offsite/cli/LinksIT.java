package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.io.HashingInputStream;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.LyingLinks;
import dev.offsite.support.LyingLinks.Kind;
import dev.offsite.support.PlantedLinks;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Set;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Invariant 5 on servers that take links for what they lead to: after every verb, nothing outside the root has changed. */
@Timeout(120)
class LinksIT {
    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite site;
    private Path root;
    private PlantedLinks links;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        site = TestSite.of(folder, server).job("keep", "2");
        root = site.root();
        for (int day = 1; day <= 4; day++) {
            Path dated = Files.createDirectories(root.resolve("2020010" + day));
            Files.writeString(dated.resolve("dump"), "dump");
            Files.writeString(
                    dated.resolve(Manifest.NAME),
                    "%s  dump%n".formatted(HashingInputStream.sha256(dated.resolve("dump"), read -> {})));
        }
        links = PlantedLinks.outside(server.files().resolve("outside"));
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Result run(String... arguments) throws IOException {
        Result result = site.run(arguments);
        links.assertUntouched(List.of(arguments) + " " + result);
        assertThat(result.err()).doesNotContain("Exception");
        return result;
    }

    @ParameterizedTest
    @EnumSource
    void noVerbTouchesWhatLinksLeadTo(Kind kind) throws IOException {
        site.backup("dump", "a dump");
        site.backup("sub/deep/dump", "another dump");
        assertThat(run("ship").exit()).isZero();
        server.accessFiles(new LyingLinks(kind));
        links.inRoot(root);
        links.inTrash(root);
        for (Path dated : site.folders()) {
            if (Files.isDirectory(dated, LinkOption.NOFOLLOW_LINKS)) {
                links.inFolder(dated);
                links.inFolder(dated.resolve("sub"));
            }
        }

        run("list");
        run("list", "/srv/off site");
        run("doctor");
        run("scrub");
        site.backup("dump", "a changed dump");
        site.backup("sub/new", "a new dump");
        run("ship");
        run("restore", "db", "--to", folder.resolve("restored").toString());
        run("drill");
        run("get", "/srv/off site", folder.resolve("got").toString());
        run("prune", "--dry-run");

        Result pruned = run("prune");
        assertThat(root.resolve("20200101")).as("%s", pruned).doesNotExist();
        assertThat(root.resolve(".trash/20200101/dump")).exists();
        PlantedLinks.DATED.forEach(name -> assertThat(root.resolve(name)).isSymbolicLink());

        assertThat(run("prune", "--undo", "20200101").exit()).isZero();
        site.job("trash", "0");
        Result purged = run("prune");
        assertThat(root.resolve("20200101")).as("%s", purged).doesNotExist();
        assertThat(root.resolve(".trash/20200102")).doesNotExist();
        PlantedLinks.DATED.forEach(name -> assertThat(root.resolve(name)).isSymbolicLink());
        run("prune", "--make-room");
    }

    /** Somebody puts a link in its place after the prune looked at it. */
    @ParameterizedTest
    @EnumSource
    void aFolderThatBecomesALinkIsNotMoved(Kind kind) throws IOException {
        Path dated = root.resolve("20200101");
        server.accessFiles(new LyingLinks(kind) {
            @Override
            public SeekableByteChannel openFile(
                    SftpSubsystemProxy subsystem,
                    FileHandle handle,
                    Path file,
                    String id,
                    Set<? extends OpenOption> options,
                    FileAttribute<?>... attributes)
                    throws IOException {
                // Written right before the move.
                if (file.endsWith(".since-20200101") && !Files.isSymbolicLink(dated)) {
                    Files.move(dated, folder.resolve("moved away"));
                    links.asFolder(dated);
                }
                return super.openFile(subsystem, handle, file, id, options, attributes);
            }
        });

        Result pruned = run("prune");

        assertThat(pruned.exit()).as("%s", pruned).isEqualTo(ExitCode.FAILED);
        assertThat(pruned.err()).contains("20200101 is no real folder (perhaps a symbolic link)");
        assertThat(dated).isSymbolicLink();
        assertThat(root.resolve(".trash/20200102")).isDirectory();
    }

    @ParameterizedTest
    @EnumSource
    void aTrashThatIsALinkIsRefused(Kind kind) throws IOException {
        server.accessFiles(new LyingLinks(kind));
        links.asTrash(root);
        site.job("trash", "0");

        for (List<String> arguments : List.of(List.of("prune"), List.of("prune", "--undo"))) {
            Result result = run(arguments.toArray(String[]::new));

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.err()).contains(".trash is there and is no folder");
        }
        assertThat(run("list").out()).doesNotContain("20200109");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsShippedBehindALink(Kind kind) throws IOException {
        server.accessFiles(new LyingLinks(kind));
        links.asFolder(site.today());
        site.backup("dump", "a dump");

        Result result = run("ship");

        assertThat(result.exit()).as("%s", result).isNotZero();
        assertThat(result.err()).contains(site.today().getFileName() + " on the server is no folder");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsShippedBehindALinkInADatedFolder(Kind kind) throws IOException {
        server.accessFiles(new LyingLinks(kind));
        links.asFolder(site.today().resolve("sub"));
        links.asFile(site.today().resolve("dump"));
        site.backup("dump", "a dump");
        site.backup("sub/dump", "a dump");
        site.backup("sub/dump 2", "a dump");
        site.backup("good", "a dump");

        Result result = run("ship");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("sub on the server is no folder");
        assertThat(site.today().resolve("good")).hasContent("a dump");
        // As a rename does it on other servers.
        assertThat(site.today().resolve("dump")).hasContent("a dump").isRegularFile();
        assertThat(Files.isSymbolicLink(site.today().resolve("dump"))).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aManifestThatIsALinkIsNotWrittenThrough(Kind kind) throws IOException {
        site.backup("dump", "a dump");
        run("ship");
        server.accessFiles(new LyingLinks(kind));
        Files.delete(site.today().resolve(Manifest.NAME));
        links.asFile(site.today().resolve(Manifest.NAME));
        site.backup("dump 2", "a dump");

        Result result = run("ship");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).contains("SHA256SUMS is a symbolic link");
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsPutBehindALink(Kind kind) throws IOException {
        server.accessFiles(new LyingLinks(kind));
        Path there = Files.createDirectories(server.files().resolve("put"));
        links.asFolder(there.resolve("sub"));
        links.asFile(there.resolve("file"));
        site.backup("sub/dump", "a dump");
        site.backup("file", "precious");
        site.backup("good", "a dump");

        Result result = run("put", site.source().toString(), "/put", "--overwrite");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(there.resolve("good")).hasContent("a dump");
        assertThat(result.err()).contains("sub on the server is no folder", "no regular file");
    }
}
