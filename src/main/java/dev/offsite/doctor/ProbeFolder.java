package dev.offsite.doctor;

import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A folder below a job's root in which things are tried, and which is gone afterwards with all that was made for it. Its
 * name and those of the files in it are those of unfinished copies, so that nobody takes them for anything else.
 */
public final class ProbeFolder implements AutoCloseable {

    private final SftpSessionPool sessions;
    private final String path;
    /** Those that were made, the innermost first. */
    private final Deque<String> made = new ArrayDeque<>();

    private final List<String> files = new ArrayList<>();

    ProbeFolder(SftpSessionPool sessions, String root) {
        this.sessions = sessions;
        this.path = RemotePath.below(root, newName());
    }

    private static String newName() {
        return TemporaryName.of(UUID.randomUUID().toString());
    }

    /** Makes it, with its parents where they are missing. */
    void make() throws IOException {
        sessions.call(remote -> {
            make(remote, path);
            return null;
        });
    }

    private void make(SftpSession remote, String folder) throws SftpStatusException {
        try {
            remote.mkdir(folder);
        } catch (SftpStatusException e) {
            String parent = RemotePath.parent(folder);
            if (e.code() != SftpStatusException.NO_SUCH_FILE || parent.isEmpty()) {
                throw e;
            }
            make(remote, parent);
            remote.mkdir(folder);
        }
        made.push(folder);
    }

    /** How many folders above it had to be made. */
    int parentsMade() {
        return Math.max(0, made.size() - 1);
    }

    /** A path in it, for a file that is removed in the end, made or not. */
    String newFile() {
        String file = RemotePath.below(path, newName());
        files.add(file);
        return file;
    }

    String path() {
        return path;
    }

    boolean hasNoFiles() {
        return files.isEmpty();
    }

    /** Removes its files. */
    void removeFiles() throws IOException {
        while (!files.isEmpty()) {
            sessions.call(remote -> {
                remote.remove(files.get(0));
                return null;
            });
            files.remove(0);
        }
    }

    /** Removes the folders that were made, the outer ones unless somebody has put something there meanwhile. */
    void removeFolders() throws IOException {
        while (!made.isEmpty()) {
            String folder = made.peek();
            sessions.call(remote -> {
                if (folder.equals(path) || remote.list(folder).isEmpty()) {
                    remote.rmdir(folder);
                }
                return null;
            });
            made.pop();
        }
    }

    /** What is there still. */
    Optional<String> left() {
        return Optional.ofNullable(made.peek());
    }

    /** Removes what was made, as far as that can be done. */
    @Override
    public void close() {
        if (made.isEmpty()) {
            return;
        }
        try {
            removeFiles();
            removeFolders();
        } catch (IOException e) {
            // What is left is named in the end.
        }
    }

    /**
     * Removes what a checkup that was killed has left below a root.
     *
     * @param before those made before this time, by the server's clock
     */
    static void sweep(SftpSession remote, String root, Instant before) throws SftpStatusException {
        for (RemoteFile folder : remote.list(root)) {
            if (folder.directory()
                    && TemporaryName.matches(folder.name())
                    && folder.modified().isBefore(before)) {
                String path = RemotePath.below(root, folder.name());
                for (RemoteFile entry : remote.list(path)) {
                    if (!entry.directory() && TemporaryName.matches(entry.name())) {
                        remote.remove(RemotePath.below(path, entry.name()));
                    }
                }
                remote.rmdir(path);
            }
        }
    }
}
