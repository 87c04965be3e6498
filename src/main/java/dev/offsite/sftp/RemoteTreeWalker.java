package dev.offsite.sftp;

/**
 * Walks a folder on the server and all below it. What the server says is untrusted: symbolic links are reported and never
 * followed, and a name that no file can have is not looked into.
 */
public final class RemoteTreeWalker {

    /** The longest path on Linux. A server that shows folders without end is not followed further. */
    private static final int LONGEST = 4096;

    /** Called for each entry. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * An entry with a plausible name.
         *
         * @param name below the top, with slashes
         * @return whether to look into it, if it is a folder
         */
        boolean found(String name, RemoteFile entry) throws SftpStatusException;

        /** An entry whose name no file can have. */
        default void badName(String name) {}

        /** A folder below the top that cannot be listed. */
        default void unreadable(String name, SftpStatusException e) throws SftpStatusException {
            throw e;
        }
    }

    private final SftpSession remote;
    private final String top;
    private final Visitor visitor;

    private RemoteTreeWalker(SftpSession remote, String top, Visitor visitor) {
        this.remote = remote;
        this.top = top;
        this.visitor = visitor;
    }

    /**
     * Walks it.
     *
     * @param top absolute; a symbolic link in its place is followed
     */
    public static void walk(SftpSession remote, String top, Visitor visitor) throws SftpStatusException {
        new RemoteTreeWalker(remote, top, visitor).folder("");
    }

    private void folder(String folder) throws SftpStatusException {
        for (RemoteFile entry : remote.list(RemotePath.below(top, folder))) {
            String name = folder.isEmpty() ? entry.name() : RemotePath.below(folder, entry.name());
            if (!isName(entry.name()) || name.length() > LONGEST) {
                visitor.badName(name);
            } else if (visitor.found(name, entry) && entry.directory()) {
                try {
                    folder(name);
                } catch (SftpStatusException e) {
                    visitor.unreadable(name, e);
                }
            }
        }
    }

    private static boolean isName(String name) {
        return !name.isEmpty() && name.indexOf('/') < 0 && name.indexOf('\0') < 0;
    }
}
