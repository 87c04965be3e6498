package dev.offsite.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/** POSIX permissions as numbers, and on local file systems that have them. -1 means none, or the default. */
public final class Permissions {

    /** Of what is not finished. */
    public static final int PRIVATE = 0600;

    private static final int PRIVATE_FOLDER = 0700;
    private static final int READ = 0444;
    /** All bits that say who may do what. */
    public static final int ALL = 0777;

    private static final int DEFAULT = 0666;
    private static final int READ_TO_SEARCH = 2;

    private Permissions() {}

    /** What a folder needs so that whoever may read a file with this mode can reach it there. */
    public static int ofFolder(int ofFile) {
        int read = ofFile & READ;
        return ofFile < 0 ? ofFile : PRIVATE_FOLDER | read | (read >> READ_TO_SEARCH);
    }

    /** The mode of a folder like another one, in which its owner can do everything; -1 stays. */
    public static int ofOwner(int mode) {
        return mode | PRIVATE_FOLDER;
    }

    private static boolean has(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    /** As ssh: a file of our own must be private; our group may read another owner's (root's). */
    public static boolean othersCanRead(Path file) {
        try {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            boolean ours = Files.getOwner(file).getName().equals(System.getProperty("user.name"));
            return permissions.contains(PosixFilePermission.OTHERS_READ)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                    || permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || (ours && permissions.contains(PosixFilePermission.GROUP_READ));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** For creating a file or folder; the umask applies. */
    public static FileAttribute<?>[] with(Path file, int mode) {
        if (mode < 0 || !has(file)) {
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values();
        for (int i = 0; i < all.length; i++) {
            if (((mode >> (all.length - 1 - i)) & 1) != 0) {
                set.add(all[i]);
            }
        }
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)};
    }

    /** Sets the mode of an existing file, or folder, as far as the umask allows. */
    public static void set(Path file, int mode) throws IOException {
        if (!has(file)) {
            return;
        }
        // Java does not tell the umask, and a default ACL replaces it: only a new file shows what is allowed there.
        Path probe = file.resolveSibling(".offsite-" + UUID.randomUUID());
        try {
            Files.createFile(probe, with(probe, mode < 0 ? DEFAULT : mode));
            Files.setAttribute(file, "unix:mode", (Integer) Files.getAttribute(probe, "unix:mode") & ALL);
        } finally {
            Files.deleteIfExists(probe);
        }
    }
}
