package dev.offsite.transfer;

import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Finds the files to fetch from the server. What cannot be fetched is refused by name. */
record RemoteTreeScan(SftpSession remote, String top, FileTree tree) implements RemoteTreeWalker.Visitor {

    /**
     * Looks at a file, or walks a folder.
     *
     * @param path absolute; a symbolic link here is followed, because the user named it
     * @throws NoSuchFileException if there is nothing
     * @throws IOException if it is neither a file nor a folder
     */
    static FileTree of(SftpSession remote, String path) throws IOException {
        RemoteFile entry = remote.follow(path).orElseThrow(() -> new NoSuchFileException(path));
        if (entry.file()) {
            return FileTree.ofFile(entry.size(), entry.modified(), entry.mode());
        }
        if (!entry.directory()) {
            throw new IOException("%s on the server is neither a file nor a folder".formatted(path));
        }
        FileTree tree = FileTree.empty();
        RemoteTreeWalker.walk(remote, path, new RemoteTreeScan(remote, path, tree));
        return tree;
    }

    @Override
    public boolean found(String name, RemoteFile entry) throws SftpStatusException {
        if (isUnnameable(name, entry)) {
            tree.refused().put(name, "its name there is not valid in UTF-8");
            return false;
        }
        if (entry.link()) {
            tree.refused().put(name, FileTree.LINK);
        } else if (entry.directory()) {
            tree.folders().put(name, new FileTree.Folder(entry.modified(), entry.mode()));
        } else if (entry.file()) {
            tree.add(new FileTreeEntry(name, entry.size(), entry.modified(), entry.mode()));
        } else {
            tree.refused().put(name, FileTree.SPECIAL);
        }
        return true;
    }

    @Override
    public void badName(String name) {
        tree.refused().put(name, "the server gives it a name that no file can have");
    }

    @Override
    public void unreadable(String name, SftpStatusException e) throws SftpStatusException {
        if (e.getCause() != null) {
            // The connection is lost; the server did not answer.
            throw e;
        }
        tree.refused().put(name, "it may not be listed there");
    }

    /** Bytes that are not UTF-8 arrive as a replacement character, and no file has that name. */
    private boolean isUnnameable(String name, RemoteFile entry) throws SftpStatusException {
        return entry.name().indexOf('\uFFFD') >= 0
                && remote.stat(RemotePath.below(top, name)).isEmpty();
    }
}
