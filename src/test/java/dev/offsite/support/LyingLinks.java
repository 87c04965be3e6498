package dev.offsite.support;

import java.io.IOException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;

/** The files of an embedded server that, as some do, takes a symbolic link for what it leads to. */
public class LyingLinks implements SftpFileSystemAccessor {
    private final Kind kind;
    /** The request that this thread answers. */
    private final ThreadLocal<Integer> current = ThreadLocal.withInitial(() -> 0);

    /** What such servers do; all say of a link where it leads, and none resolves a path. */
    public enum Kind {
        /** As MySecureShell: it lists a link to a folder as a folder. */
        LISTS_FOLDERS(Set.of(SftpConstants.SSH_FXP_READDIR), false),
        /** As ProFTPD: it follows a link that it is asked about, renames what it leads to, and removes that if it is an empty folder. */
        FOLLOWS(Set.of(SftpConstants.SSH_FXP_LSTAT), true),
        /** Both. */
        KNOWS_NO_LINKS(Set.of(SftpConstants.SSH_FXP_READDIR, SftpConstants.SSH_FXP_LSTAT), true);

        @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
        private final Set<Integer> requests;

        private final boolean acts;

        Kind(Set<Integer> requests, boolean acts) {
            this.requests = requests;
            this.acts = acts;
        }
    }

    public LyingLinks(Kind kind) {
        this.kind = kind;
    }

    @Override
    public LinkOption[] resolveFileAccessLinkOptions(
            SftpSubsystemProxy subsystem, Path file, int request, String extension, boolean follow) throws IOException {
        current.set(request);
        return SftpFileSystemAccessor.super.resolveFileAccessLinkOptions(subsystem, file, request, extension, follow);
    }

    /** A link to nothing is a link in any listing. */
    @Override
    public Map<String, ?> readFileAttributes(
            SftpSubsystemProxy subsystem, Path file, String view, LinkOption... options) throws IOException {
        boolean lies = kind.requests.contains(current.get()) && Files.isSymbolicLink(file) && Files.exists(file);
        return SftpFileSystemAccessor.super.readFileAttributes(
                subsystem, file, view, lies ? new LinkOption[0] : options);
    }

    @Override
    public void removeFile(SftpSubsystemProxy subsystem, Path path, boolean folder) throws IOException {
        SftpFileSystemAccessor.super.removeFile(subsystem, folder ? behind(path) : path, folder);
    }

    @Override
    public void renameFile(SftpSubsystemProxy subsystem, Path from, Path to, Collection<CopyOption> how)
            throws IOException {
        SftpFileSystemAccessor.super.renameFile(subsystem, behind(from), behind(to), how);
    }

    /** Not {@code toRealPath}, which follows no links in a file system that has its root in a folder. */
    private Path behind(Path path) throws IOException {
        return kind.acts && Files.isSymbolicLink(path) && Files.exists(path)
                ? path.resolveSibling(Files.readSymbolicLink(path)).normalize()
                : path;
    }
}
