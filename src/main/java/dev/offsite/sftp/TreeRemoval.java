package dev.offsite.sftp;

import dev.offsite.sftp.pipeline.Answer;
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

/**
 * Removes a folder with all that is in it, some folders at a time, pipelined: opens them; reads them while it asks whether
 * they are real folders; then removes their files. So the check of a folder is one round trip old when anything in it is
 * removed. What is no real folder is not entered: a link is removed as a link, anything else stays.
 */
final class TreeRemoval {

    /** Folders that are open at a time; many servers allow a hundred handles. */
    private static final int TOGETHER = 64;

    private final SftpPipeline pipeline;
    /** Folders to look into. */
    private final Deque<String> open = new ArrayDeque<>();
    /** Folders whose content is removed, parents first. */
    private final List<String> emptied = new ArrayList<>();
    /** What to remove with the next requests, and whether it is known for a link. */
    private final Map<String, Boolean> files = new LinkedHashMap<>();

    private final FolderReader reader;

    private SftpStatusException failure;

    private TreeRemoval(SftpPipeline pipeline, FolderReader.Allowance allowance) {
        this.pipeline = pipeline;
        reader = new FolderReader(pipeline, allowance);
    }

    /** Removes all that can be removed, then fails with the reason why something was not. */
    static void run(SftpPipeline pipeline, String folder) throws IOException {
        run(pipeline, folder, new FolderReader.Allowance(SftpSession.MOST_MEMORY));
    }

    static void run(SftpPipeline pipeline, String folder, FolderReader.Allowance allowance) throws IOException {
        TreeRemoval removal = new TreeRemoval(pipeline, allowance);
        removal.open.push(folder);
        while (!removal.open.isEmpty()) {
            removal.look();
        }
        removal.finish();
    }

    private List<Answer> ask(List<SftpPacket> requests) throws IOException {
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
        while (group.size() < pipeline.together(TOGETHER) && !open.isEmpty()) {
            group.add(open.pop());
        }
        removed(reader.open(removals(), group));
        reader.read(group, List.of()).forEach(this::take);
    }

    private List<SftpPacket> removals() {
        return new ArrayList<>(files.keySet().stream().map(SftpPacket::remove).toList());
    }

    private void removed(List<Answer> replies) {
        Iterator<Map.Entry<String, Boolean>> file = files.entrySet().iterator();
        for (Answer reply : replies) {
            Map.Entry<String, Boolean> one = file.next();
            boolean stays = !reply.done() && reply.refusal().code() != SftpStatusException.NO_SUCH_FILE;
            // The server's own words would not say what is there.
            failed(stays && one.getValue() ? RealFolders.leftAlone(one.getKey()) : reply.refusal());
        }
        files.clear();
    }

    private void take(FolderReader.Folder folder) {
        failed(folder.refusal());
        if (!folder.isOpened()) {
            return;
        }
        if (!folder.isReal()) {
            if (folder.isLink()) {
                files.put(folder.path(), true);
            } else {
                failed(RealFolders.leftAlone(folder.path()));
            }
            return;
        }
        emptied.add(folder.path());
        for (RemoteFile entry : folder.entries()) {
            String path = RemotePath.below(folder.path(), entry.name());
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
        List<Answer> replies = ask(requests);
        removed(replies.subList(0, removing));
        List<Answer> rest = replies.subList(removing, replies.size());
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

    private static List<String> stay(List<String> folders, List<Answer> replies) {
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
