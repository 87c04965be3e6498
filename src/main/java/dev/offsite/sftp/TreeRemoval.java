package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.PositionedWrite;
import dev.offsite.sftp.pipeline.SftpPacket;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Removes a folder with all that is in it, some folders at a time, pipelined: opens them; reads them while it asks whether
 * they are real folders; then removes their files. So the check of a folder is one round trip old when anything in it is
 * removed. What is no real folder is not entered: a link is removed as a link, anything else stays.
 */
final class TreeRemoval {

    /** Folders that are open at a time; many servers allow a hundred handles. */
    private static final int TOGETHER = 64;

    /** READDIRs per folder and round trip: the last one of most folders finds their end. */
    private static final int READS = 2;

    /** All requests about the folders that are read together: they wait for no answer. */
    private static final int READING = TOGETHER * (READS + 1 + RealFolders.EACH);

    private final SftpPipeline pipeline;
    /** Folders to look into. */
    private final Deque<String> open = new ArrayDeque<>();
    /** Folders whose content is removed, parents first. */
    private final List<String> emptied = new ArrayList<>();
    /** What to remove with the next requests, and whether it is known for a link. */
    private final Map<String, Boolean> files = new LinkedHashMap<>();

    /** For all names of the tree, so that a server that shows ever more of them comes to an end. */
    private final SftpSession.Allowance allowance;

    private SftpStatusException failure;

    private TreeRemoval(SftpPipeline pipeline, SftpSession.Allowance allowance) {
        this.pipeline = pipeline;
        this.allowance = allowance;
    }

    /** Removes all that can be removed, then fails with the reason why something was not. */
    static void run(SftpPipeline pipeline, String folder) throws IOException {
        run(pipeline, folder, new SftpSession.Allowance(SftpSession.MOST_MEMORY));
    }

    static void run(SftpPipeline pipeline, String folder, SftpSession.Allowance allowance) throws IOException {
        TreeRemoval removal = new TreeRemoval(pipeline, allowance);
        removal.open.push(folder);
        while (!removal.open.isEmpty()) {
            removal.look();
        }
        removal.finish();
    }

    private static final class Looked {
        private final String path;
        private final byte[] handle;
        private final List<RemoteFile> entries = new ArrayList<>();
        private boolean ended;
        private boolean real;
        private boolean link;

        Looked(String path, byte[] handle) {
            this.path = path;
            this.handle = handle;
        }
    }

    private List<SftpPipeline.Answer> ask(List<SftpPacket> requests) throws IOException {
        return pipeline.ask(PositionedWrite.DEADLINE, SftpPipeline.MANY, requests);
    }

    private void failed(SftpStatusException refusal) {
        if (failure == null && refusal != null && refusal.code() != SftpStatusException.NO_SUCH_FILE) {
            failure = refusal;
        }
    }

    /** Reads some folders, and removes the files in those of the last time meanwhile. */
    private void look() throws IOException {
        List<String> group = new ArrayList<>();
        while (group.size() < TOGETHER && !open.isEmpty()) {
            group.add(open.pop());
        }
        List<SftpPacket> requests = removals();
        int removing = requests.size();
        group.forEach(path -> requests.add(SftpPacket.openFolder(path)));
        List<SftpPipeline.Answer> replies = ask(requests);
        removed(replies.subList(0, removing));
        List<Looked> reading = new ArrayList<>();
        for (int i = 0; i < group.size(); i++) {
            SftpPipeline.Answer opened = replies.get(removing + i);
            if (opened.done()) {
                reading.add(new Looked(group.get(i), opened.received()));
            } else {
                failed(opened.refusal());
            }
        }
        List<Looked> all = List.copyOf(reading);
        while (!reading.isEmpty()) {
            read(reading);
            reading.removeIf(folder -> folder.ended);
        }
        for (Looked folder : all) {
            pipeline.sendOnly(SftpPacket.close(folder.handle));
            take(folder);
        }
    }

    private List<SftpPacket> removals() {
        return new ArrayList<>(files.keySet().stream().map(SftpPacket::remove).toList());
    }

    private void removed(List<SftpPipeline.Answer> replies) {
        Iterator<Map.Entry<String, Boolean>> file = files.entrySet().iterator();
        for (SftpPipeline.Answer reply : replies) {
            Map.Entry<String, Boolean> one = file.next();
            boolean stays = !reply.done() && reply.refusal().code() != SftpStatusException.NO_SUCH_FILE;
            // The server's own words would not say what is there.
            failed(stays && one.getValue() ? RealFolders.leftAlone(one.getKey()) : reply.refusal());
        }
        files.clear();
    }

    private void read(List<Looked> reading) throws IOException {
        List<SftpPacket> requests = new ArrayList<>();
        for (Looked folder : reading) {
            for (int i = 0; i < READS; i++) {
                requests.add(SftpPacket.readFolder(folder.handle));
            }
            requests.add(SftpPacket.realPath(RealFolders.parent(folder.path)));
            requests.addAll(RealFolders.requests(folder.path));
        }
        Iterator<SftpPipeline.Answer> replies =
                pipeline.ask(PositionedWrite.DEADLINE, READING, requests).iterator();
        for (Looked folder : reading) {
            for (int i = 0; i < READS; i++) {
                SftpPipeline.Answer some = replies.next();
                folder.ended |= !some.done() || some.entries().isEmpty();
                if (!some.done() && some.refusal().code() != SftpStatusException.EOF) {
                    failed(some.refusal());
                }
                folder.entries.addAll(some.entries());
                some.entries().forEach(allowance::take);
                allowance.check(folder.path, folder.entries.size());
            }
            Optional<String> parent = replies.next().entry().map(RemoteFile::name);
            RealFolders.Answers is = RealFolders.Answers.of(replies);
            folder.real = is.isRealFolder(folder.path, parent);
            folder.link = is.entry(folder.path).filter(RemoteFile::link).isPresent();
        }
    }

    private void take(Looked folder) {
        if (!folder.real) {
            if (folder.link) {
                files.put(folder.path, true);
            } else {
                failed(RealFolders.leftAlone(folder.path));
            }
            return;
        }
        emptied.add(folder.path);
        for (RemoteFile entry : folder.entries) {
            String path = RemotePath.below(folder.path, entry.name());
            if (entry.name().equals(".") || entry.name().equals("..")) {
                continue;
            }
            if (!RemotePath.isName(entry.name())) {
                failed(SftpStatusException.leftAlone("%s has a name that no file can have".formatted(path)));
            } else if (path.length() > RemoteTreeWalker.LONGEST) {
                failed(SftpStatusException.leftAlone(
                        "folders are nested too deeply to be removed from here; remove them on the server: " + path));
            } else if (entry.directory()) {
                open.push(path);
            } else {
                files.put(path, entry.link());
            }
        }
    }

    /** Removes the folders, the innermost first. Those that are not empty yet, since the server works on several requests, once more. */
    private void finish() throws IOException {
        List<SftpPacket> requests = removals();
        int removing = requests.size();
        List<String> left = new ArrayList<>(emptied);
        Collections.reverse(left);
        left.forEach(path -> requests.add(SftpPacket.removeFolder(path)));
        List<SftpPipeline.Answer> replies = ask(requests);
        removed(replies.subList(0, removing));
        List<SftpPipeline.Answer> rest = replies.subList(removing, replies.size());
        List<String> stay = stay(left, rest);
        while (failure == null && !stay.isEmpty()) {
            rest = ask(stay.stream().map(SftpPacket::removeFolder).toList());
            left = stay;
            stay = stay(left, rest);
            if (stay.size() == left.size()) {
                rest.forEach(reply -> failed(reply.refusal()));
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static List<String> stay(List<String> folders, List<SftpPipeline.Answer> replies) {
        List<String> stay = new ArrayList<>();
        for (int i = 0; i < folders.size(); i++) {
            SftpStatusException refusal = replies.get(i).refusal();
            if (refusal != null && refusal.code() != SftpStatusException.NO_SUCH_FILE) {
                stay.add(folders.get(i));
            }
        }
        return stay;
    }
}
