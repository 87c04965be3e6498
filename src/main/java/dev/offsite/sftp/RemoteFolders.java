package dev.offsite.sftp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Creates and removes whole remote folders. */
public final class RemoteFolders {

    private RemoteFolders() {}

    /**
     * Creates a folder and its missing parents, like {@code mkdir -p}. A symbolic link at the path itself does not
     * count as a folder; links above it are followed.
     *
     * @throws IOException if something else has that name
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

    /** Without the server's answer as the cause, which only says "Failure". */
    private static IOException noFolder(String path) {
        return new IOException("%s on the server is no folder; move it away or name another".formatted(path));
    }

    /** Like {@link #make(SftpSession, String)}, but returns the failure, or empty. */
    static Optional<Exception> tryToMake(SftpSession remote, String folder) {
        try {
            make(remote, folder);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(e);
        }
    }

    /** Pipelined {@link #make(SftpSession, String)} for folders whose parents exist; returns each failure, or empty. */
    static List<Optional<Exception>> make(SftpPipeline pipeline, List<String> folders) throws IOException {
        List<SftpPipeline.Answer> made =
                pipeline.ask(folders.stream().map(SftpPacket::makeFolder).toList());
        List<SftpPacket> doubtful = IntStream.range(0, folders.size())
                .filter(i -> !made.get(i).done())
                .mapToObj(i -> SftpPacket.stat(folders.get(i)))
                .toList();
        Iterator<SftpPipeline.Answer> there = pipeline.ask(doubtful).iterator();
        List<Optional<Exception>> failures = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            SftpPipeline.Answer reply = made.get(i);
            failures.add(reply.done() ? Optional.empty() : failure(folders.get(i), reply, there.next()));
        }
        return failures;
    }

    private static Optional<Exception> failure(String folder, SftpPipeline.Answer refused, SftpPipeline.Answer there) {
        return there.folder() ? Optional.empty() : Optional.of(there.done() ? noFolder(folder) : refused.refusal());
    }

    /** Follows no symbolic links and ignores missing entries, so an interrupted removal can be repeated. */
    public static void remove(SftpSession remote, String folder) throws SftpStatusException {
        SftpSession.ifThere(() -> {
            for (RemoteFile entry : remote.list(folder)) {
                String path = RemotePath.below(folder, entry.name());
                if (entry.directory()) {
                    remove(remote, path);
                } else {
                    remote.remove(path);
                }
            }
            remote.rmdir(folder);
            return folder;
        });
    }
}
