package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.servers.RealServer;
import dev.offsite.support.servers.RequiresServers;
import dev.offsite.support.servers.StartedServer;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Collection;
import java.util.Set;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that refuses names beyond ASCII without a reason: put, get and ship name that as a likely one. */
@Timeout(120)
class NamesBeyondAsciiIT {
    private static final String HINT = "or does it take no letters beyond ASCII, as this name has?";

    @TempDir
    Path folder;

    private Path tree;

    private TestSite site(TestSite site) throws IOException {
        tree = Files.createDirectories(folder.resolve("tree"));
        Files.writeString(Files.createDirectories(tree.resolve("plain")).resolve("größe"), "a");
        Files.writeString(Files.createDirectories(tree.resolve("größe")).resolve("plain"), "b");
        Files.writeString(tree.resolve("plain file"), "c");
        site.backup("größe", "d");
        return site;
    }

    private static void assertNamed(Result result) {
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.err()).as("%s", result).contains(HINT);
    }

    @Test
    void isNamedWhereAServerGivesNoReason() throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"))) {
            TestSite site = site(TestSite.of(folder, server));
            server.accessFiles(new OnlyAscii());

            assertNamed(site.run("ship"));
            assertNamed(site.run("put", tree.toString(), "/put"));
            assertThat(server.files().resolve("put/plain file")).hasContent("c");
            assertNamed(site.run("put", tree.resolve("plain file").toString(), "/größe/"));

            Files.createDirectories(server.files().resolve("get"));
            Files.writeString(server.files().resolve("get/größe"), "a");
            assertNamed(site.run("get", "/get", folder.resolve("got").toString()));
        }
    }

    /** An odd disk, not the name. */
    @Test
    void isNotNamedForOtherNames() throws IOException {
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"))) {
            TestSite site = site(TestSite.of(folder, server));
            server.accessFiles(new OnlyAscii() {
                @Override
                void check(Path file) throws IOException {
                    throw new IOException("odd");
                }
            });

            Result put = site.run("put", tree.resolve("plain file").toString(), "/put");

            assertThat(put.exit()).as("%s", put).isEqualTo(ExitCode.FAILED);
            assertThat(put.err()).contains("refuses without a reason").doesNotContain("ASCII");
        }
    }

    @Test
    @RequiresServers
    void isNamedOnConch() throws Exception {
        try (StartedServer server = StartedServer.start(RealServer.CONCH, folder.resolve("server"))) {
            TestSite site = site(TestSite.of(folder, server));

            assertNamed(site.run("ship"));
            assertNamed(site.run("put", tree.toString(), "sftp:" + server.path("put")));
            assertThat(server.files().resolve("put/plain file")).hasContent("c");
        }
    }

    private static class OnlyAscii implements SftpFileSystemAccessor {
        void check(Path file) throws IOException {
            if (!file.toString().chars().allMatch(c -> c < 0x80)) {
                throw new IOException("odd");
            }
        }

        @Override
        public SeekableByteChannel openFile(
                SftpSubsystemProxy subsystem,
                FileHandle handle,
                Path file,
                String id,
                Set<? extends OpenOption> options,
                FileAttribute<?>... attributes)
                throws IOException {
            check(file);
            return SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
        }

        @Override
        public void createDirectory(SftpSubsystemProxy subsystem, Path folder) throws IOException {
            check(folder);
            SftpFileSystemAccessor.super.createDirectory(subsystem, folder);
        }

        @Override
        public void renameFile(SftpSubsystemProxy subsystem, Path from, Path to, Collection<CopyOption> how)
                throws IOException {
            check(to);
            SftpFileSystemAccessor.super.renameFile(subsystem, from, to, how);
        }
    }
}
