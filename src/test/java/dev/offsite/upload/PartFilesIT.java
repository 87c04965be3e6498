package dev.offsite.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.Parts;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.channels.Channel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that cannot do what part files are made with. */
@Timeout(120)
class PartFilesIT {
    @TempDir
    Path folder;

    private Result ship(SftpFileSystemAccessor files) throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"))) {
            server.accessFiles(files);
            TestSite site = TestSite.of(folder, server).target("retries", "0");
            site.backup("small", "small");
            site.backup("also small", "small, too");
            site.backup("medium", "x".repeat(100_000));
            Result ran = site.run("ship");
            assertThat(ran.exit()).as(ran.toString()).isZero();
            assertThat(site.dated().resolve("small")).hasContent("small");
            assertThat(TestSite.filesIn(site.dated())).hasSize(4);
            return ran;
        }
    }

    /** The copies are as open as their sources, which everybody may read, but only once they are whole and verified. */
    @Test
    void untilItIsPublishedNobodyElseReadsIt() throws IOException {
        Set<String> modes = ConcurrentHashMap.newKeySet();
        ship(new SftpFileSystemAccessor() {
            @Override
            public void closeFile(
                    SftpSubsystemProxy subsystem,
                    FileHandle handle,
                    Path file,
                    String id,
                    Channel channel,
                    Set<? extends OpenOption> options)
                    throws IOException {
                if (Set.of("small", "also small", "medium").stream().anyMatch(name -> Parts.isOf(file, name))) {
                    modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
                }
                SftpFileSystemAccessor.super.closeFile(subsystem, handle, file, id, channel, options);
            }
        });

        assertThat(modes).containsExactly("rw-------");
    }

    @Test
    void aServerThatKnowsNoExclusiveCreationGetsOrdinaryRequests() throws IOException {
        Result ran = ship(new SftpFileSystemAccessor() {
            @Override
            public SeekableByteChannel openFile(
                    SftpSubsystemProxy subsystem,
                    FileHandle handle,
                    Path file,
                    String id,
                    Set<? extends OpenOption> options,
                    FileAttribute<?>... attributes)
                    throws IOException {
                if (options.contains(StandardOpenOption.CREATE_NEW)) {
                    throw new IOException("not supported");
                }
                return SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
            }
        });

        assertThat(ran.exit()).as(ran.toString()).isZero();
    }

    @Test
    void aServerThatLetsNoModesBeSetIsSaidOnceAndGetsItsCopiesWithTheirTimes() throws IOException {
        Result ran = ship(new SftpFileSystemAccessor() {
            @Override
            public void setFilePermissions(
                    SftpSubsystemProxy subsystem,
                    Path file,
                    Set<PosixFilePermission> permissions,
                    LinkOption... options)
                    throws IOException {
                throw new IOException("not here");
            }
        });

        assertThat(ran.exit()).as(ran.toString()).isZero();
        assertThat(ran.err().split("does not let modes be set", -1)).hasSize(2);
        try (var files = Files.walk(folder.resolve("server"))) {
            Path copy =
                    files.filter(file -> file.endsWith("medium")).findFirst().orElseThrow();
            assertThat(Files.getLastModifiedTime(copy).toMillis()).isLessThan(System.currentTimeMillis() - 1_000_000);
        }
    }
}
