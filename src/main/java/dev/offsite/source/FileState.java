package dev.offsite.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A local file at one moment, read in one call; symbolic links are followed.
 *
 * @param modified milliseconds since the epoch
 * @param inode -1 where the file system has none. Without the device, whose number changes at a reboot.
 * @param changed nanoseconds since the epoch: the last change of anything, as of its mode or name
 * @param mode POSIX permissions, -1 where there are none
 */
public record FileState(long size, long modified, long inode, long changed, int mode) {

    /** Of a file that does not exist. */
    public static final FileState NONE = new FileState(0, 0, -1, -1, -1);

    private static final int PERMISSIONS = 0777;

    public static FileState of(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileState(now.size(), now.lastModifiedTime().toMillis(), -1, -1, -1);
        }
        Map<String, Object> now = Files.readAttributes(file, "unix:size,lastModifiedTime,ino,ctime,mode");
        return new FileState(
                (Long) now.get("size"),
                ((FileTime) now.get("lastModifiedTime")).toMillis(),
                (Long) now.get("ino"),
                ((FileTime) now.get("ctime")).to(TimeUnit.NANOSECONDS),
                (Integer) now.get("mode") & PERMISSIONS);
    }

    /** Differs if another file was put there, and after any change to this one; empty if that cannot be told. */
    public String identity() {
        return inode < 0 ? "" : inode + " " + changed;
    }

    /** Whether it is the same file, and nothing of it was changed; false if that cannot be told. */
    public boolean isUntouched(FileState other) {
        return isSameFile(other) && changed >= 0 && changed == other.changed;
    }

    /** Whether it is the same file, perhaps renamed. */
    public boolean isSameFile(FileState other) {
        return size == other.size && modified == other.modified && inode == other.inode;
    }
}
