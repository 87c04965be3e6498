package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Creates and removes whole remote folders. */
public final class RemoteFolders {

    private static final int PERMISSIONS = 07777;

    private RemoteFolders() {}

    /**
     * The result for one folder.
     *
     * @param failure why there is none; null if there is
     * @param mode the permissions it was made with or, if it was there, has; -1 if unknown
     * @param anew whether it was not there, so that nothing is in it
     */
    public record Made(Exception failure, int mode, boolean anew) {}

    /** Like {@link #make(SftpSession, String, int)}; the server chooses the mode. */
    public static void make(SftpSession remote, String folder) throws IOException {
        make(remote, folder, SftpPacket.NO_MODE);
    }

    /**
     * Creates a folder and its missing parents, like {@code mkdir -p}. A symbolic link at the path itself does not
     * count as a folder; links above it are followed.
     *
     * @param mode of the folder, not of its parents; -1 leaves it to the server
     * @throws IOException if something else has that name
     */
    public static Made make(SftpSession remote, String folder, int mode) throws IOException {
        try {
            mkdir(remote, folder, mode);
        } catch (SftpStatusException e) {
            Optional<Made> there = there(remote, folder);
            if (there.isPresent()) {
                return there.get();
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
                return there(remote, folder).orElseThrow(() -> refused);
            }
        }
        return new Made(null, mode, true);
    }

    /** What has the name of a folder to be made; empty if nothing. */
    private static Optional<Made> there(SftpSession remote, String folder) throws IOException {
        Optional<RemoteFile> there = remote.stat(folder);
        if (there.isPresent() && !(there.get().directory() && RealFolders.is(remote, folder))) {
            throw noFolder(folder);
        }
        return there.map(entry -> new Made(null, entry.mode() & PERMISSIONS, false));
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
            return make(remote, folder, mode);
        } catch (IOException e) {
            return new Made(e, SftpPacket.NO_MODE, false);
        }
    }

    /** Pipelined {@link #make(SftpSession, String, int)} for folders whose parents exist. */
    static List<Made> make(SftpPipeline pipeline, List<String> folders, ToIntFunction<String> mode) throws IOException {
        List<Answer> made = pipeline.ask(folders.stream()
                .map(folder -> SftpPacket.makeFolder(folder, mode.applyAsInt(folder)))
                .toList());
        List<SftpPacket> doubtful = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            if (!made.get(i).done()) {
                doubtful.add(SftpPacket.realPath(RealFolders.parent(folders.get(i))));
                doubtful.addAll(RealFolders.requests(folders.get(i)));
            }
        }
        Iterator<Answer> there = pipeline.ask(doubtful).iterator();
        List<Made> result = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            String folder = folders.get(i);
            Answer reply = made.get(i);
            result.add(
                    reply.done()
                            ? new Made(null, mode.applyAsInt(folder), true)
                            : notMade(folder, reply, there.next(), RealFolders.Answers.of(there)));
        }
        return result;
    }

    private static Made notMade(String folder, Answer refused, Answer parent, RealFolders.Answers there) {
        Optional<RemoteFile> entry = there.attributes();
        if (there.isRealFolder(folder, parent.entry().map(RemoteFile::name))) {
            return new Made(null, entry.orElseThrow().mode() & PERMISSIONS, false);
        }
        return new Made(entry.isPresent() ? noFolder(folder) : refused.refusal(), SftpPacket.NO_MODE, false);
    }

    /**
     * Removes a folder with all that is in it. Enters no symbolic link and ignores missing entries, so an interrupted
     * removal can be repeated.
     *
     * @throws SftpStatusException if something could not be removed; all that could be is removed then, too
     */
    public static void remove(SftpSession remote, String folder) throws IOException {
        Optional<SftpPipeline> many = remote.channels().pipeline();
        if (many.isPresent()) {
            TreeRemoval.run(many.get(), folder);
        } else {
            removeOneByOne(remote, folder);
        }
    }

    private static void removeOneByOne(SftpSession remote, String folder) throws IOException {
        List<RemoteFile> entries = remote.listIfThere(folder);
        if (remote.stat(folder).isEmpty()) {
            return;
        }
        RealFolders.require(remote, List.of(folder));
        for (RemoteFile entry : RealFolders.confirm(remote, folder, entries, name -> true)) {
            String path = RemotePath.below(folder, entry.name());
            if (entry.directory()) {
                removeOneByOne(remote, path);
            } else {
                remote.remove(path);
            }
        }
        SftpSession.ifThere(() -> {
            remote.rmdir(folder);
            return folder;
        });
    }
}
