package dev.offsite.sftp;

import dev.offsite.transfer.FileTree;
import dev.offsite.transfer.FileTreeEntry;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * What lies on the server, to be fetched. Whatever it says is untrusted: a name that is no plain name, a symbolic link or a
 * special file is refused by name, never followed.
 */
public final class RemoteTreeWalker {

    /** What Linux has for a path: a server that shows folders without end comes to its end here. */
    private static final int LONGEST = 4096;

    private final SftpSession remote;
    private final String top;
    private final FileTree tree = FileTree.empty();

    private RemoteTreeWalker(SftpSession remote, String top) {
        this.remote = remote;
        this.top = top;
    }

    /**
     * Looks at a file, or walks a folder.
     *
     * @param path absolute; a symbolic link in its place is followed, for it was asked for
     * @throws NoSuchFileException if there is nothing
     * @throws IOException if it is neither
     */
    public static FileTree of(SftpSession remote, String path) throws IOException {
        RemoteFile entry = remote.follow(path).orElseThrow(() -> new NoSuchFileException(path));
        if (entry.file()) {
            return FileTree.ofFile(entry.size(), entry.modified());
        }
        if (!entry.directory()) {
            throw new IOException("%s on the server is neither a file nor a folder".formatted(path));
        }
        RemoteTreeWalker walk = new RemoteTreeWalker(remote, path);
        walk.folder("");
        return walk.tree;
    }

    private void folder(String folder) throws SftpStatusException {
        for (RemoteFile entry : remote.list(FileTree.below(top, folder))) {
            String name = folder.isEmpty() ? entry.name() : folder + "/" + entry.name();
            if (isNoName(entry.name()) || name.length() > LONGEST) {
                tree.refused().put(name, "the server gives it a name that no file can have");
            } else if (isUnnameable(name, entry)) {
                tree.refused().put(name, "its name there is not valid in UTF-8");
            } else if (entry.link()) {
                tree.refused().put(name, FileTree.LINK);
            } else if (entry.directory()) {
                tree.folders().put(name, entry.modified());
                below(name);
            } else if (entry.file()) {
                tree.add(new FileTreeEntry(name, entry.size(), entry.modified()));
            } else {
                tree.refused().put(name, FileTree.SPECIAL);
            }
        }
    }

    private void below(String folder) throws SftpStatusException {
        try {
            folder(folder);
        } catch (SftpStatusException e) {
            if (e.getCause() != null) {
                // No answer of the server's: the connection is lost.
                throw e;
            }
            tree.refused().put(folder, "it may not be listed there");
        }
    }

    private static boolean isNoName(String name) {
        return name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0;
    }

    /** Bytes that are no UTF-8 come as a replacement character, and no file has that name. */
    private boolean isUnnameable(String name, RemoteFile entry) throws SftpStatusException {
        return entry.name().indexOf('\uFFFD') >= 0
                && remote.stat(FileTree.below(top, name)).isEmpty();
    }
}
