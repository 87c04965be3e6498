package dev.offsite.transfer;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpException;

/** Removal of a whole remote folder. */
final class RemoteTree {

    private RemoteTree() {}

    /**
     * Removes a folder and all below it; symbolic links are removed, never followed. What has gone meanwhile is no error, so
     * that a removal that was cut can be done again.
     */
    static void remove(RemoteSession remote, String folder) throws SftpException {
        try {
            for (RemoteEntry entry : remote.list(folder)) {
                String path = folder + "/" + entry.name();
                if (entry.directory()) {
                    remove(remote, path);
                } else {
                    remote.remove(path);
                }
            }
            remote.rmdir(folder);
        } catch (SftpException e) {
            if (e.id != ChannelSftp.SSH_FX_NO_SUCH_FILE) {
                throw e;
            }
        }
    }
}
