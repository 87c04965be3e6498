package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.manifest.Manifest;
import dev.offsite.owner.RootMark;
import dev.offsite.support.Sha256sumExec;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that cannot do what a shared manifest needs. */
@Timeout(60)
class SharedRootFaultsIT {

    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite site;

    @BeforeEach
    void start() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"), new Sha256sumExec());
        site = TestSite.of(folder, server).target("retries", "0");
        site.backup("dump", "dump");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    /** Opens what is there already, as rclone and Erlang do. */
    private static final class Pretending implements SftpFileSystemAccessor {
        @Override
        public SeekableByteChannel openFile(
                SftpSubsystemProxy subsystem,
                FileHandle handle,
                Path file,
                String id,
                Set<? extends OpenOption> options,
                FileAttribute<?>... attributes)
                throws IOException {
            Set<OpenOption> pretended = new HashSet<>(options);
            if (pretended.remove(StandardOpenOption.CREATE_NEW)) {
                pretended.add(StandardOpenOption.CREATE);
            }
            return SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, pretended, attributes);
        }
    }

    /** Gives no file the name dump. */
    private record Refusing(boolean losesTheOlder) implements SftpFileSystemAccessor {
        @Override
        public void renameFile(SftpSubsystemProxy subsystem, Path from, Path to, Collection<CopyOption> options)
                throws IOException {
            if (to.endsWith("dump")) {
                if (losesTheOlder) {
                    Files.delete(to);
                }
                throw new FileSystemException("no");
            }
            SftpFileSystemAccessor.super.renameFile(subsystem, from, to, options);
        }
    }

    @Test
    void whereExclusivityIsOnlyPretendedNoRootIsShared() {
        server.accessFiles(new Pretending());
        site.job("shared", "true");

        Result shared = site.run("ship");

        assertThat(shared.exit()).as("%s", shared).isEqualTo(ExitCode.FAILED);
        assertThat(shared.err()).containsOnlyOnce("shared=true is not possible on ");
        assertThat(site.remote().keySet()).noneMatch(name -> name.contains("/"));
        Result alone = site.job("shared", "false").run("ship");
        assertThat(alone.exit()).as("%s", alone).isZero();
        assertThat(site.dated().resolve("dump")).hasContent("dump");
    }

    @Test
    void whatIsKnownOfTheServerIsNotTriedAgain() throws IOException {
        site.job("shared", "true");
        assertThat(site.run("ship").exit()).isZero();
        server.accessFiles(new Pretending());
        site.backup("more", "more");

        assertThat(site.run("ship").exit()).isZero();

        assertThat(TestSite.filesIn(site.root()))
                .containsExactlyInAnyOrder(RootMark.NAME, today("dump"), today("more"), today(Manifest.NAME));
    }

    private String today(String name) {
        return site.today().getFileName() + "/" + name;
    }

    @Test
    void anOlderCopyStaysListedWhenItsNewContentIsRefusedItsName() throws IOException {
        assertThat(site.run("ship").exit()).isZero();
        String before = Files.readString(site.dated().resolve(Manifest.NAME));
        site.backup("dump", "another dump");
        server.accessFiles(new Refusing(false));

        Result refused = site.run("ship");

        assertThat(refused.exit()).as("%s", refused).isEqualTo(ExitCode.FAILED);
        assertThat(site.dated().resolve("dump")).hasContent("dump");
        assertThat(site.dated().resolve(Manifest.NAME)).hasContent(before);
    }

    @Test
    void anOlderCopyThatARefusedRenameLostIsNotListed() throws IOException {
        assertThat(site.run("ship").exit()).isZero();
        site.backup("dump", "another dump");
        server.accessFiles(new Refusing(true));

        Result refused = site.run("ship");

        assertThat(refused.exit()).as("%s", refused).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).contains("/dump is no longer in SHA256SUMS");
        assertThat(site.dated().resolve(Manifest.NAME)).isEmptyFile();
    }
}
