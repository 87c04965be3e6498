package dev.offsite.support;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.SftpFileSystemAccessor;
import org.apache.sshd.sftp.server.SftpSubsystemProxy;

/** The files of an embedded server, with something done before each is opened. */
public final class OpenedFiles implements SftpFileSystemAccessor {

    @FunctionalInterface
    public interface Before {
        /** Does it; an exception is the server's refusal. */
        void opens(Path file) throws IOException;
    }

    private final Before before;

    public OpenedFiles(Before before) {
        this.before = before;
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
        before.opens(file);
        return SftpFileSystemAccessor.super.openFile(subsystem, handle, file, id, options, attributes);
    }
}
