package dev.offsite.sftp;

import com.jcraft.jsch.SftpATTRS;
import dev.offsite.sftp.pipeline.SftpPacket;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Instant;

/**
 * One entry of a remote folder.
 *
 * @param name without its folder
 * @param directory a real directory, not a link to one
 * @param file a regular file
 * @param size bytes
 * @param seconds last modification, since the epoch; no {@link Instant}, because there may be a hundred thousand entries
 * @param mode type and permissions as in {@code st_mode}, such as octal 100644
 */
public record RemoteFile(String name, boolean directory, boolean file, long size, long seconds, int mode) {

    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;
    private static final int FOLDER = 0040000;
    private static final int FILE = 0100000;

    // What the attributes of a packet contain.
    private static final int ATTR_SIZE = 1;
    private static final int ATTR_UIDGID = 2;
    private static final int ATTR_PERMISSIONS = 4;
    private static final int ATTR_ACMODTIME = 8;
    private static final int ATTR_EXTENDED = 0x80000000;

    static RemoteFile of(String name, SftpATTRS a) {
        return new RemoteFile(name, a.isDir(), a.isReg(), a.getSize(), a.getMTime() & 0xffffffffL, a.getPermissions());
    }

    /** Reads the attributes at this place of a packet; those that are left out are 0, a size -1. */
    public static RemoteFile read(String name, DataInputStream packet) throws IOException {
        int has = packet.readInt();
        long size = (has & ATTR_SIZE) != 0 ? packet.readLong() : -1;
        if ((has & ATTR_UIDGID) != 0) {
            packet.readLong();
        }
        int mode = (has & ATTR_PERMISSIONS) != 0 ? packet.readInt() : 0;
        long modified = 0;
        if ((has & ATTR_ACMODTIME) != 0) {
            packet.readInt();
            modified = packet.readInt() & 0xffffffffL;
        }
        for (int left = (has & ATTR_EXTENDED) != 0 ? packet.readInt() : 0; left > 0; left--) {
            packet.skipNBytes(packet.readInt());
            packet.skipNBytes(packet.readInt());
        }
        int type = mode & TYPE;
        return new RemoteFile(name, type == FOLDER, type == FILE, size, modified, mode);
    }

    public Instant modified() {
        return Instant.ofEpochSecond(seconds);
    }

    public boolean link() {
        return (mode & TYPE) == LINK;
    }

    public RemoteFile called(String other) {
        return new RemoteFile(other, directory, file, size, seconds, mode);
    }

    /** The same entry with a name that is a text: bytes that are no UTF-8 become replacement characters. */
    RemoteFile readable() {
        String text = SftpPacket.readable(name);
        return text.equals(name) ? this : called(text);
    }

    /** The same entry, known for a symbolic link whatever the server said. */
    RemoteFile asLink() {
        return new RemoteFile(name, false, false, size, seconds, (mode & ~TYPE) | LINK);
    }
}
