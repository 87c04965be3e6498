package dev.offsite.doctor;

import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RealFolders;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
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
 * A temporary folder below a job's root for experiments. It and its files are named like unfinished copies, so that
 * nothing mistakes them for backups.
 */
final class ProbeFolder implements AutoCloseable {

    private final CheckRunner steps;
    private final String path;
    /** The folders that were made, innermost first. */
    private final Deque<String> made = new ArrayDeque<>();

    private final List<String> files = new ArrayList<>();

    ProbeFolder(CheckRunner steps) {
        this.steps = steps;
        this.path = RemotePath.below(steps.job().root(), newName());
    }

    private static String newName() {
        return TemporaryName.of(UUID.randomUUID().toString());
    }

    /** Makes the folder and its missing parents. */
    void make() throws IOException {
        steps.remotely(remote -> make(remote, path));
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

    /** How many parent folders had to be made. */
    int parentsMade() {
        return Math.max(0, made.size() - 1);
    }

    /** A path in the folder, for a file that is removed in the end even if it was never made. */
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

    void removeFiles() throws IOException {
        while (!files.isEmpty()) {
            steps.remotely(remote -> remote.remove(files.get(0)));
            files.remove(0);
        }
    }

    /** Removes the folders that were made; parents stay if somebody has put something there meanwhile. */
    void removeFolders() throws IOException {
        while (!made.isEmpty()) {
            String folder = made.peek();
            steps.remotely(remote -> {
                if (folder.equals(path) || remote.list(folder).isEmpty()) {
                    remote.rmdir(folder);
                }
            });
            made.pop();
        }
    }

    /** The innermost folder that still exists. */
    Optional<String> left() {
        return Optional.ofNullable(made.peek());
    }

    /** Removes what it can. */
    @Override
    public void close() {
        if (made.isEmpty()) {
            return;
        }
        try {
            removeFiles();
            removeFolders();
        } catch (IOException e) {
            // The report names what is left.
        }
    }

    /** Removes what a killed checkup left below a root before that time, by the server's clock. */
    static void sweep(SftpSession remote, String root, Instant before) throws IOException {
        for (RemoteFile folder : RealFolders.list(remote, root, TemporaryName::matches)) {
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
