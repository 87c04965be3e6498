package dev.offsite.transfer;

import com.jcraft.jsch.SftpException;

/** Removal of a whole remote folder. */
final class RemoteTree {

    private RemoteTree() {}

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
