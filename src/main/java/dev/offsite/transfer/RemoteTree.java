package dev.offsite.transfer;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpException;
import java.io.IOException;
import java.util.Optional;

/** Making and removing whole remote folders. */
public final class RemoteTree {

    private RemoteTree() {}

    /**
     * Makes a folder and what is missing above it, like {@code mkdir -p}. A symbolic link in its place is not taken for a
     * folder; those above it are followed.
     *
     * @throws IOException if something else has its name
     */
    public static void make(RemoteSession remote, String folder) throws SftpException, IOException {
        try {
            remote.mkdir(folder);
        } catch (SftpException e) {
            Optional<RemoteEntry> there = remote.stat(folder);
            if (there.isPresent()) {
                if (!there.get().directory()) {
                    // Without the server's answer as its cause, which is "Failure".
                    throw new IOException(
                            "%s on the server is no folder; move it away or name another".formatted(folder));
                }
                return;
            }
            String parent = folder.substring(0, folder.lastIndexOf('/'));
            if (e.id != ChannelSftp.SSH_FX_NO_SUCH_FILE || parent.isEmpty()) {
                throw e;
            }
            make(remote, parent);
            remote.mkdir(folder);
        }
    }

    /** Removes a folder and all below it; symbolic links are removed, never followed. */
    static void remove(RemoteSession remote, String folder) throws SftpException {
        for (RemoteEntry entry : remote.list(folder)) {
            String path = folder + "/" + entry.name();
            if (entry.directory()) {
                remove(remote, path);
            } else {
                remote.remove(path);
            }
        }
        remote.rmdir(folder);
    }
}
