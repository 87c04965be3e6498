package dev.offsite.restore;

import dev.offsite.io.HashingInputStream;
import dev.offsite.io.Permissions;
import dev.offsite.manifest.TemporaryName;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The local folder to restore into. Nothing is written through a symbolic link inside it.
 *
 * @param made the folders that were made, and their permissions
 */
public record RestoreTarget(Path folder, Map<Path, Integer> made) {

    /** {@code folder} is made when the first file arrives; it may itself be a symbolic link. */
    public RestoreTarget(Path folder) {
        this(folder.toAbsolutePath().normalize(), new ConcurrentHashMap<>());
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    /**
     * Checks whether the copy is already there, or can be put there.
     *
     * @param sha256 the expected hash; if empty, no existing file counts as the copy
     * @return whether it is there with these bytes
     * @throws IOException if it cannot be put there; the message says why
     */
    boolean has(String name, Optional<String> sha256, boolean overwrite) throws IOException {
        Path path = path(name);
        if (!path.normalize().equals(path) || !path.startsWith(folder) || path.equals(folder)) {
            throw new IOException("its name leads elsewhere");
        }
        if (TemporaryName.matches(path.getFileName().toString())) {
            throw new IOException("a copy cannot have this name, Offsite uses it itself");
        }
        checkFolders(path.getParent());
        Optional<BasicFileAttributes> there = look(path);
        if (there.isEmpty()) {
            return false;
        }
        if (there.get().isDirectory()) {
            throw new IOException("there is a folder at %s".formatted(path));
        }
        if (there.get().isRegularFile()
                && sha256.isPresent()
                && sha256.get().equals(HashingInputStream.sha256(path, read -> {}))) {
            return true;
        }
        if (!overwrite) {
            String kind = there.get().isRegularFile() ? "file" : "thing";
            throw new IOException("there is another %s at %s; --overwrite replaces it".formatted(kind, path));
        }
        return false;
    }

    /** Makes the parent folders, no more open than the files in them; {@code mode} is that of a file, or -1. */
    void make(Path path, int mode) throws IOException {
        int needed = Permissions.ofFolder(mode);
        if (!Files.exists(folder)) {
            Files.createDirectories(folder, Permissions.with(folder, needed));
            made.put(folder, needed);
        }
        open(folder, needed);
        Path next = folder;
        for (Path part : folder.relativize(path.getParent())) {
            next = next.resolve(part);
            if (look(next).isEmpty()) {
                try {
                    Files.createDirectory(next, Permissions.with(next, needed));
                    made.put(next, needed);
                } catch (java.nio.file.FileAlreadyExistsException e) {
                    // Made for another file at the same time, or a link, which the check below refuses.
                }
            }
            open(next, needed);
        }
        checkFolders(path.getParent());
    }

    /** Opens a folder that was made here to those who may read a file in it. */
    private synchronized void open(Path next, int needed) throws IOException {
        Integer now = made.get(next);
        if (now != null && needed >= 0 && (now | needed) != now) {
            Permissions.set(next, now | needed);
            made.put(next, now | needed);
        }
    }

    private void checkFolders(Path parent) throws IOException {
        for (Path on = parent; !on.equals(folder); on = on.getParent()) {
            Optional<BasicFileAttributes> there = look(on);
            if (there.isPresent() && !there.get().isDirectory()) {
                boolean link = there.get().isSymbolicLink();
                throw new IOException(on + (link ? " is a symbolic link, which is not followed" : " is no folder"));
            }
        }
        if (look(folder).isPresent() && !Files.isDirectory(folder)) {
            throw new IOException("%s is no folder".formatted(folder));
        }
    }

    /** Free bytes on that file system, as far as is known. */
    long free() {
        Path there = folder;
        while (!Files.exists(there)) {
            there = there.getParent();
        }
        // Not from its FileStore: in a rescue system's chroot, Java finds none for it.
        File any = there.toFile();
        return any.getTotalSpace() > 0 ? any.getUsableSpace() : Long.MAX_VALUE;
    }

    private static Optional<BasicFileAttributes> look(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (java.nio.file.FileSystemException e) {
            if (String.valueOf(e.getReason()).contains("Not a directory")) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
