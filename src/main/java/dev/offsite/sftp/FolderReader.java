package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.Answer;
import dev.offsite.sftp.pipeline.PositionedWrite;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads many folders at a time, pipelined: one round trip opens them; the next one reads them, asks whether they are real
 * folders, and opens those that are read afterwards. Closes what it has opened.
 */
final class FolderReader implements AutoCloseable {

    /** Folders that may be open at a time; many servers allow a hundred handles. */
    static final int MOST_OPEN = 96;

    /** READDIRs per folder in its first round trip: the last one of most folders finds their end. */
    private static final int FIRST_READS = 8;

    /** READDIRs per folder, if many are read. */
    private static final int LEAST_READS = 2;

    /** READDIRs in flight. */
    private static final int MOST_READS = 128;

    private static final Set<Integer> FINAL =
            Set.of(SftpStatusException.NO_SUCH_FILE, SftpStatusException.PERMISSION_DENIED);

    /** Bytes of memory that an entry takes besides its name. */
    private static final int EACH = 160;

    private final SftpPipeline pipeline;
    /** For all names that are read, so that a server that shows ever more of them comes to an end. */
    private final Allowance allowance;
    /** Folders that were opened and not read yet; in the order of their paths, if they must be closed. */
    private final Map<String, Answer> opened = new TreeMap<>();
    /** Whether the server has refused to open as many as it was asked to. */
    private boolean takesFew;

    FolderReader(SftpPipeline pipeline, Allowance allowance) {
        this.pipeline = pipeline;
        this.allowance = allowance;
    }

    /** How much memory one or several listings may still take. */
    static final class Allowance {
        private long left;

        boolean isSpent() {
            return left < 0;
        }

        Allowance(long bytes) {
            left = bytes;
        }

        void take(RemoteFile entry) {
            take(entry.name());
        }

        void take(String name) {
            left -= EACH + name.length();
        }

        void giveBack(String name) {
            left += EACH + name.length();
        }

        void check(String folder, int entries) throws SftpStatusException {
            if (left < 0) {
                throw SftpStatusException.tooMuch(
                        "%s has too many entries to list, more than %d; OFFSITE_JAVA_OPTS=-Xmx512m allows more"
                                .formatted(folder, entries));
            }
        }
    }

    /** A folder that was read, or why it was not. */
    static final class Folder {
        private final String path;
        private final List<RemoteFile> entries = new ArrayList<>();
        private byte[] handle;
        private boolean ended;
        private boolean opened;
        private SftpStatusException refusal;
        private Optional<String> parent = Optional.empty();
        private RealFolders.Answers is;

        private Folder(String path) {
            this.path = path;
        }

        String path() {
            return path;
        }

        /** Without {@code .} and {@code ..}. */
        List<RemoteFile> entries() {
            return entries;
        }

        /** Why it could not be opened, or read to its end; null if it was. */
        SftpStatusException refusal() {
            return refusal;
        }

        boolean isOpened() {
            return opened;
        }

        /** Whether it is a folder and no link. */
        boolean isReal() {
            return is.isRealFolder(path, parent);
        }

        boolean isLink() {
            return is.entry(path).filter(RemoteFile::link).isPresent();
        }

        private void open(Answer answer) throws IOException {
            opened = answer.done();
            ended = !opened;
            refusal = answer.refusal();
            handle = opened ? answer.received() : null;
        }

        /** Whether the server may open it when others are closed. */
        private boolean mayFollow() {
            return !opened && !FINAL.contains(refusal.code());
        }

        private void read(Answer some) {
            ended = !some.done() || some.entries().isEmpty();
            if (!some.done() && !some.isEnd()) {
                refusal = some.refusal();
            }
            for (RemoteFile entry : some.entries()) {
                if (!entry.name().equals(".") && !entry.name().equals("..")) {
                    entries.add(entry);
                }
            }
        }
    }

    /** Opens folders that are to be read next, after other requests, whose replies it returns. */
    List<Answer> open(List<SftpPacket> before, Collection<String> paths) throws IOException {
        List<SftpPacket> requests = new ArrayList<>(before);
        paths.forEach(path -> requests.add(SftpPacket.openFolder(path)));
        List<Answer> replies = pipeline.ask(PositionedWrite.DEADLINE, SftpPipeline.MANY, requests);
        opened(paths, replies.subList(before.size(), replies.size()).iterator());
        return replies.subList(0, before.size());
    }

    private void opened(Collection<String> paths, Iterator<Answer> replies) {
        paths.forEach(path -> opened.put(path, replies.next()));
    }

    /**
     * Reads folders, each of another path.
     *
     * @param next folders that will be read next, and are opened meanwhile
     * @throws SftpStatusException if they have too many entries
     */
    List<Folder> read(Collection<String> paths, Collection<String> next) throws IOException {
        List<Folder> folders = paths.stream().map(Folder::new).toList();
        int together = pipeline.together(folders.size());
        for (int from = 0; from < folders.size(); from += together) {
            read(folders.subList(from, Math.min(from + together, folders.size())), next);
        }
        return folders;
    }

    private void read(List<Folder> folders, Collection<String> next) throws IOException {
        List<Folder> left = folders;
        for (int before = Integer.MAX_VALUE; !left.isEmpty() && left.size() < before; ) {
            before = left.size();
            readOnce(left, takesFew || pipeline.together(2) == 1 ? List.of() : next);
            left = left.stream().filter(Folder::mayFollow).toList();
            takesFew |= !left.isEmpty() && left.size() < before;
        }
    }

    private void readOnce(List<Folder> folders, Collection<String> next) throws IOException {
        List<String> closed = folders.stream()
                .map(Folder::path)
                .filter(path -> !opened.containsKey(path))
                .toList();
        if (!closed.isEmpty()) {
            open(List.of(), closed);
        }
        List<Folder> reading = new ArrayList<>();
        for (Folder folder : folders) {
            folder.open(opened.remove(folder.path));
            if (folder.opened) {
                reading.add(folder);
            }
        }
        try {
            confirmAndRead(folders, reading, next);
        } catch (SftpStatusException e) {
            closeAll(folders);
            throw e;
        }
        closeAll(folders);
    }

    private void closeAll(List<Folder> folders) throws IOException {
        for (Folder folder : folders) {
            if (folder.handle != null) {
                pipeline.sendOnly(SftpPacket.close(folder.handle));
            }
        }
    }

    private void confirmAndRead(List<Folder> folders, List<Folder> reading, Collection<String> next)
            throws IOException {
        List<String> parents = folders.stream()
                .map(folder -> RealFolders.parent(folder.path))
                .distinct()
                .toList();
        List<String> toOpen =
                next.stream().filter(path -> !opened.containsKey(path)).toList();
        List<SftpPacket> others = new ArrayList<>();
        parents.forEach(parent -> others.add(SftpPacket.realPath(parent)));
        folders.forEach(folder -> others.addAll(RealFolders.requests(folder.path)));
        toOpen.forEach(path -> others.add(SftpPacket.openFolder(path)));
        int most = FIRST_READS;
        Iterator<Answer> replies = read(reading, most, others);
        Map<String, Optional<String>> realParents = new HashMap<>();
        for (String parent : parents) {
            realParents.put(parent, replies.next().entry().map(RemoteFile::name));
        }
        for (Folder folder : folders) {
            folder.parent = realParents.get(RealFolders.parent(folder.path));
            folder.is = RealFolders.Answers.of(replies);
        }
        opened(toOpen, replies);
        for (reading.removeIf(folder -> folder.ended); !reading.isEmpty(); reading.removeIf(folder -> folder.ended)) {
            most = Math.min(MOST_READS, FIRST_READS * most);
            read(reading, most, List.of());
        }
    }

    /** Reads some more of folders; returns the replies to the other requests. */
    private Iterator<Answer> read(List<Folder> reading, int most, List<SftpPacket> others) throws IOException {
        int each = Math.max(LEAST_READS, Math.min(most, MOST_READS / Math.max(1, reading.size())));
        List<SftpPacket> requests = new ArrayList<>();
        for (Folder folder : reading) {
            for (int i = 0; i < each; i++) {
                requests.add(SftpPacket.readFolder(folder.handle));
            }
        }
        requests.addAll(others);
        Iterator<Answer> replies = pipeline.ask(PositionedWrite.DEADLINE, SftpPipeline.MANY, requests)
                .iterator();
        for (Folder folder : reading) {
            for (int i = 0; i < each; i++) {
                Answer some = replies.next();
                if (!folder.ended) {
                    folder.read(some);
                    some.entries().forEach(allowance::take);
                    allowance.check(folder.path, folder.entries.size());
                }
            }
        }
        return replies;
    }

    /** Closes what was opened and not read. */
    @Override
    public void close() throws IOException {
        for (Answer folder : opened.values()) {
            if (folder.done()) {
                pipeline.sendOnly(SftpPacket.close(folder.received()));
            }
        }
        opened.clear();
        pipeline.flush();
    }
}
