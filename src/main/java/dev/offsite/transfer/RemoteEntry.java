package dev.offsite.transfer;

import com.jcraft.jsch.SftpATTRS;
import java.time.Instant;

/**
 * What a server says of one name in a folder; symbolic links are not followed.
 *
 * @param name without its folder
 * @param directory a real directory
 * @param file a regular file
 * @param size bytes
 * @param modified last modification, whole seconds
 */
public record RemoteEntry(String name, boolean directory, boolean file, long size, Instant modified) {

    static RemoteEntry of(String name, SftpATTRS a) {
        boolean regular = a.isReg();
        return new RemoteEntry(
                name, a.isDir(), regular, a.getSize(), Instant.ofEpochSecond(a.getMTime() & 0xffffffffL));
    }
}
