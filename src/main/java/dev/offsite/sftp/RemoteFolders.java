package dev.offsite.sftp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Making and removing whole remote folders. */
public final class RemoteFolders {

    private RemoteFolders() {}

    /**
     * Makes a folder and what is missing above it, like {@code mkdir -p}. A symbolic link in its place is not taken for a
     * folder; those above it are followed.
     *
     * @throws IOException if something else has its name
     */
    public static void make(SftpSession remote, String folder) throws IOException {
        try {
            remote.mkdir(folder);
        } catch (SftpStatusException e) {
            Optional<RemoteFile> there = remote.stat(folder);
            if (there.isPresent()) {
                if (!there.get().directory()) {
                    throw noFolder(folder);
                }
                return;
            }
            String parent = RemotePath.parent(folder);
            if (e.code() != SftpStatusException.NO_SUCH_FILE || parent.isEmpty()) {
                throw e;
            }
            make(remote, parent);
            remote.mkdir(folder);
        }
    }

    /** Without the server's answer as its cause, which is "Failure". */
    private static IOException noFolder(String path) {
        return new IOException("%s on the server is no folder; move it away or name another".formatted(path));
    }

    /** The same as {@link #make(RemoteSession, String)}, which tells why it cannot be, or nothing. */
    static Optional<Exception> tryToMake(SftpSession remote, String folder) {
        try {
            make(remote, folder);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /**
     * Makes folders whose parents are there, each as {@link #make(RemoteSession, String)} does, without waiting for one before
     * the next.
     *
     * @return for each why it is not there, or empty
     * @throws IOException if the connection broke
     */
    static List<Optional<Exception>> make(SftpPipeline pipeline, List<String> folders) throws IOException {
        List<SftpPipeline.Answer> made =
                pipeline.ask(folders.stream().map(pipeline::makeFolder).toList());
        List<String> refused = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            if (!made.get(i).done()) {
                refused.add(folders.get(i));
            }
        }
        Iterator<SftpPipeline.Answer> there =
                pipeline.ask(refused.stream().map(pipeline::stat).toList()).iterator();
        List<Optional<Exception>> failures = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            SftpPipeline.Answer answer = made.get(i);
            failures.add(answer.done() ? Optional.empty() : failure(folders.get(i), answer, there.next()));
        }
        return failures;
    }

    private static Optional<Exception> failure(String folder, SftpPipeline.Answer refusal, SftpPipeline.Answer there) {
        if (there.folder()) {
            return Optional.empty();
        }
        return Optional.of(
                there.done() ? noFolder(folder) : new SftpStatusException(refusal.code(), refusal.message()));
    }

    /**
     * Removes a folder and all below it; symbolic links are removed, never followed. What has gone meanwhile is no error, so
     * that a removal that was cut can be done again.
     */
    public static void remove(SftpSession remote, String folder) throws SftpStatusException {
        try {
            for (RemoteFile entry : remote.list(folder)) {
                String path = RemotePath.below(folder, entry.name());
                if (entry.directory()) {
                    remove(remote, path);
                } else {
                    remote.remove(path);
                }
            }
            remote.rmdir(folder);
        } catch (SftpStatusException e) {
            if (e.code() != SftpStatusException.NO_SUCH_FILE) {
                throw e;
            }
        }
    }
}
