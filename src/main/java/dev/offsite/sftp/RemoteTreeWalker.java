package dev.offsite.sftp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Walks a remote folder. The server's listing is untrusted: no symbolic link is followed, also where it is listed as a
 * folder, and no invalid name entered.
 */
public final class RemoteTreeWalker {

    /** The longest path on Linux: stops a server that reports endlessly nested folders. */
    static final int LONGEST = 4096;

    @FunctionalInterface
    public interface Visitor {
        /**
         * {@code name}: relative to the top, with slashes
         * @return whether to enter the entry, if it is a folder
         */
        boolean found(String name, RemoteFile entry) throws SftpStatusException;

        /** An entry whose name no file can have. */
        default void badName(String name) {}

        /** A folder below the top that cannot be listed. */
        default void unreadable(String name, SftpStatusException e) throws SftpStatusException {
            throw e;
        }
    }

    private RemoteTreeWalker() {}

    /** {@code top}: absolute; a symbolic link here is followed */
    public static void walk(SftpSession remote, String top, Visitor visitor) throws SftpStatusException {
        walk(remote, top, "", visitor, new SftpSession.Allowance(SftpSession.MOST_MEMORY));
    }

    /** {@code allowance}: for all names of the tree, since most visitors keep them */
    static void walk(SftpSession remote, String top, String folder, Visitor visitor, SftpSession.Allowance allowance)
            throws SftpStatusException {
        List<RemoteFile> entries = new ArrayList<>();
        String path = RemotePath.below(top, folder);
        remote.list(path, allowance, entries);
        for (RemoteFile entry : confirmed(remote, path, entries)) {
            String name = folder.isEmpty() ? entry.name() : RemotePath.below(folder, entry.name());
            if (!RemotePath.isName(entry.name()) || name.length() > LONGEST) {
                visitor.badName(name);
            } else if (visitor.found(name, entry) && entry.directory()) {
                try {
                    walk(remote, top, name, visitor, allowance);
                } catch (SftpStatusException e) {
                    if (e.code() == SftpStatusException.TOO_MUCH) {
                        throw e;
                    }
                    visitor.unreadable(name, e);
                }
            }
        }
    }

    private static List<RemoteFile> confirmed(SftpSession remote, String folder, List<RemoteFile> entries)
            throws SftpStatusException {
        try {
            return RealFolders.confirm(remote, folder, entries, name -> true);
        } catch (SftpStatusException e) {
            throw e;
        } catch (IOException e) {
            throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
        }
    }
}
