package dev.offsite.transfer;

import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemotePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file, or a folder with its contents, on either side.
 *
 * @param files all that can be transferred
 * @param folders by name below the top, parents first, without the top itself
 * @param refused what cannot be transferred: name to reason
 * @param unfinished temporary names, of a transfer that is running or was interrupted
 */
public record FileTree(
        List<FileTreeEntry> files, Map<String, Folder> folders, Map<String, String> refused, List<String> unfinished) {

    /** When a folder was last changed, and its permissions, -1 if unknown. */
    public record Folder(Instant modified, int mode) {}

    static final String LINK = "it is a symbolic link, which is not followed";
    static final String SPECIAL = "it is neither a file nor a folder";

    public static FileTree empty() {
        return new FileTree(new ArrayList<>(), new TreeMap<>(), new TreeMap<>(), new ArrayList<>());
    }

    public static FileTree ofFile(long size, Instant modified, int mode) {
        FileTree tree = empty();
        tree.files.add(new FileTreeEntry("", size, modified, mode));
        return tree;
    }

    public void add(FileTreeEntry file) {
        if (TemporaryName.matches(RemotePath.name(file.name()))) {
            unfinished.add(file.name());
        } else {
            files.add(file);
        }
    }
}
