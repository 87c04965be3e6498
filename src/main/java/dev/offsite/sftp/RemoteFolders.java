package dev.offsite.sftp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/** Creates and removes whole remote folders. */
public final class RemoteFolders {

    private static final int PERMISSIONS = 07777;

    private RemoteFolders() {}

    /**
     * The result for one folder.
     *
     * @param failure why there is none; null if there is
     * @param mode the permissions it was made with or, if it was there, has; -1 if unknown
     */
    public record Made(Exception failure, int mode) {}

    /** Like {@link #make(SftpSession, String, int)}; the server chooses the mode. */
    public static void make(SftpSession remote, String folder) throws IOException {
        make(remote, folder, SftpPacket.NO_MODE);
    }

    /**
     * Creates a folder and its missing parents, like {@code mkdir -p}. A symbolic link at the path itself does not
     * count as a folder; links above it are followed.
     *
     * @param mode of the folder, not of its parents; -1 leaves it to the server
     * @return the permissions it was made with or, if it was there, has
     * @throws IOException if something else has that name
     */
    public static int make(SftpSession remote, String folder, int mode) throws IOException {
        try {
            mkdir(remote, folder, mode);
        } catch (SftpStatusException e) {
            Optional<RemoteFile> there = remote.stat(folder);
            if (there.isPresent()) {
                if (!there.get().directory()) {
                    throw noFolder(folder);
                }
                return there.get().mode() & PERMISSIONS;
            }
            String parent = RemotePath.parent(folder);
            if (e.code() != SftpStatusException.NO_SUCH_FILE || parent.isEmpty()) {
                throw e;
            }
            make(remote, parent);
            try {
                mkdir(remote, folder, mode);
            } catch (SftpStatusException refused) {
                // Made by another one just now, or by a server that then refused the mode.
                return remote.stat(folder)
                                .filter(RemoteFile::directory)
                                .orElseThrow(() -> refused)
                                .mode()
                        & PERMISSIONS;
            }
        }
        return mode;
    }

    /** Gives the folder that mode, unless it is -1. */
    private static void mkdir(SftpSession remote, String folder, int mode) throws IOException {
        Optional<SftpPipeline> open = remote.channels().pipelineFor(1);
        if (open.isPresent()) {
            SftpStatusException refusal = open.get()
                    .ask(List.of(SftpPacket.makeFolder(folder, mode)))
                    .get(0)
                    .refusal();
            if (refusal != null) {
                throw refusal;
            }
        } else {
            remote.mkdir(folder);
            if (mode != SftpPacket.NO_MODE) {
                remote.setMode(folder, mode);
            }
        }
    }

    /** Without the server's answer as the cause, which only says "Failure". */
    private static IOException noFolder(String path) {
        return new IOException("%s on the server is no folder; move it away or name another".formatted(path));
    }

    /** Like {@link #make(SftpSession, String, int)}, but returns the failure. */
    static Made tryToMake(SftpSession remote, String folder, int mode) {
        try {
            return new Made(null, make(remote, folder, mode));
        } catch (IOException e) {
            return new Made(e, SftpPacket.NO_MODE);
        }
    }

    /** Pipelined {@link #make(SftpSession, String, int)} for folders whose parents exist. */
    static List<Made> make(SftpPipeline pipeline, List<String> folders, ToIntFunction<String> mode) throws IOException {
        List<SftpPipeline.Answer> made = pipeline.ask(folders.stream()
                .map(folder -> SftpPacket.makeFolder(folder, mode.applyAsInt(folder)))
                .toList());
        List<SftpPacket> doubtful = IntStream.range(0, folders.size())
                .filter(i -> !made.get(i).done())
                .mapToObj(i -> SftpPacket.stat(folders.get(i)))
                .toList();
        Iterator<SftpPipeline.Answer> there = pipeline.ask(doubtful).iterator();
        List<Made> result = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            String folder = folders.get(i);
            SftpPipeline.Answer reply = made.get(i);
            result.add(reply.done() ? new Made(null, mode.applyAsInt(folder)) : notMade(folder, reply, there.next()));
        }
        return result;
    }

    private static Made notMade(String folder, SftpPipeline.Answer refused, SftpPipeline.Answer there) {
        if (there.folder()) {
            return new Made(null, there.mode() & PERMISSIONS);
        }
        return new Made(there.done() ? noFolder(folder) : refused.refusal(), SftpPacket.NO_MODE);
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
