package dev.offsite.sftp;

import com.jcraft.jsch.SftpATTRS;
import java.time.Instant;

/**
 * One entry of a remote folder.
 *
 * @param name without its folder
 * @param directory a real directory, not a link to one
 * @param file a regular file
 * @param size bytes
 * @param modified last modification, whole seconds
 * @param mode type and permissions as in {@code st_mode}, such as octal 100644
 */
public record RemoteFile(String name, boolean directory, boolean file, long size, Instant modified, int mode) {

    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;

    static RemoteFile of(String name, SftpATTRS a) {
        Instant modified = Instant.ofEpochSecond(a.getMTime() & 0xffffffffL);
        return new RemoteFile(name, a.isDir(), a.isReg(), a.getSize(), modified, a.getPermissions());
    }

    public boolean link() {
        return (mode & TYPE) == LINK;
    }
}
