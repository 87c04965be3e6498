package dev.offsite.sftp.pipeline;

import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A small file to be written together with others. Each succeeds or fails on its own. */
public final class BatchWrite {

    /** Files open on the server at a time; many servers allow a hundred. */
    public static final int TOGETHER = 64;

    private final String path;
    private final byte[] content;
    private final int mode;
    private SftpStatusException refusal;

    /**
     * @param path absolute; an existing file is replaced
     * @param mode -1 leaves it to the server
     */
    public BatchWrite(String path, byte[] content, int mode) {
        this.path = path;
        this.content = content;
        this.mode = mode;
    }

    /** Why the write failed; null if it succeeded. */
    public SftpStatusException refusal() {
        return refusal;
    }

    /**
     * Opens all files, then writes and closes them: two round trips in all. Those that the server does not open while others
     * are open follow afterwards, as long as it opens any.
     *
     * @throws IOException if the connection broke; it is then unknown which files were written
     */
    public static void write(SftpPipeline pipeline, List<BatchWrite> files) throws IOException {
        int together = pipeline.together(TOGETHER);
        for (int from = 0; from < files.size(); from += together) {
            List<BatchWrite> left = files.subList(from, Math.min(from + together, files.size()));
            for (int before = Integer.MAX_VALUE; !left.isEmpty() && left.size() < before; ) {
                before = left.size();
                left = writeOnce(pipeline, left);
            }
        }
    }

    /** Returns the files that could not be opened. */
    private static List<BatchWrite> writeOnce(SftpPipeline pipeline, List<BatchWrite> files) throws IOException {
        List<Answer> opened = create(pipeline, files);
        List<SftpPacket> writes = new ArrayList<>();
        List<BatchWrite> asking = new ArrayList<>();
        List<BatchWrite> refused = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            BatchWrite file = files.get(i);
            file.refusal = opened.get(i).refusal();
            if (file.refusal == null) {
                file.addWrites(opened.get(i).received(), writes);
                asking.addAll(Collections.nCopies(writes.size() - asking.size(), file));
            } else {
                refused.add(file);
            }
        }
        List<Answer> written = pipeline.ask(PositionedWrite.DEADLINE, writes);
        for (int i = 0; i < written.size(); i++) {
            BatchWrite file = asking.get(i);
            file.refusal = file.refusal == null ? written.get(i).refusal() : file.refusal;
        }
        return refused;
    }

    /**
     * Opens files, has each written to disk, and closes them: two round trips for each {@code TOGETHER} of them. As with
     * {@link #write}, some may follow; returns why a file was not written, by path.
     */
    public static Map<String, SftpStatusException> sync(SftpPipeline pipeline, List<String> files) throws IOException {
        Map<String, SftpStatusException> refusals = new HashMap<>();
        int together = pipeline.together(TOGETHER);
        for (int from = 0; from < files.size(); from += together) {
            List<String> left = files.subList(from, Math.min(from + together, files.size()));
            for (int before = Integer.MAX_VALUE; !left.isEmpty() && left.size() < before; ) {
                before = left.size();
                left = syncOnce(pipeline, left, refusals);
            }
        }
        return refusals;
    }

    /** Returns the files that could not be opened. */
    private static List<String> syncOnce(
            SftpPipeline pipeline, List<String> files, Map<String, SftpStatusException> refusals) throws IOException {
        List<Answer> opened = pipeline.ask(
                PositionedWrite.DEADLINE,
                files.stream().map(SftpPacket::openToRead).toList());
        List<SftpPacket> requests = new ArrayList<>();
        List<String> asking = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Answer answer = opened.get(i);
            if (answer.refusal() != null) {
                refusals.put(files.get(i), answer.refusal());
                refused.add(files.get(i));
            } else {
                refusals.remove(files.get(i));
                requests.add(SftpPacket.sync(answer.received()));
                requests.add(SftpPacket.close(answer.received()));
                asking.add(files.get(i));
            }
        }
        List<Answer> replies = pipeline.ask(PositionedWrite.DEADLINE, requests);
        for (int i = 0; i < asking.size(); i++) {
            SftpStatusException refusal = replies.get(2 * i).refusal();
            if (refusal != null) {
                refusals.put(asking.get(i), refusal);
            }
        }
        return refused;
    }

    /** Creates files that nothing has the name of. What is refused is sent again alone, and then with more care. */
    private static List<Answer> create(SftpPipeline pipeline, List<BatchWrite> files) throws IOException {
        List<Answer> opened = pipeline.ask(
                PositionedWrite.DEADLINE,
                files.stream()
                        .map(file -> SftpPacket.create(file.path, true, file.mode))
                        .toList());
        // All of them: the server may know no exclusive creation.
        return opened.stream().anyMatch(Answer::done) ? opened : createAnew(pipeline, files);
    }

    /**
     * Creates files after removing what has their names. A server that knows no exclusive creation, or allows no
     * removal, gets an ordinary request, if nothing or a regular file is there: nobody else knows these names.
     */
    public static List<Answer> createAnew(SftpPipeline pipeline, List<BatchWrite> files) throws IOException {
        List<SftpPacket> requests = new ArrayList<>();
        for (BatchWrite file : files) {
            requests.add(SftpPacket.remove(file.path));
            requests.add(SftpPacket.create(file.path, true, file.mode));
            requests.add(SftpPacket.stat(file.path));
        }
        List<Answer> replies = pipeline.ask(PositionedWrite.DEADLINE, requests);
        List<Answer> opened = new ArrayList<>();
        List<Integer> again = new ArrayList<>();
        List<SftpPacket> simpler = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            Answer removed = replies.get(3 * i);
            Answer created = replies.get(3 * i + 1);
            Answer there = replies.get(3 * i + 2);
            boolean stays = !removed.done() && removed.refusal().code() != SftpStatusException.NO_SUCH_FILE;
            if (there.isNoFile() && (created.done() || stays)) {
                if (created.done()) {
                    pipeline.sendOnly(SftpPacket.close(created.received()));
                }
                created = created.refused(new SftpStatusException(
                        SftpStatusException.FILE_ALREADY_EXISTS, "something else has taken its temporary name"));
            } else if (!created.done()) {
                // Without a mode: a server may create the file and then refuse that.
                again.add(i);
                simpler.add(SftpPacket.remove(files.get(i).path));
                simpler.add(SftpPacket.create(files.get(i).path, there.done() && !stays, SftpPacket.NO_MODE));
            }
            opened.add(created);
        }
        List<Answer> simply = pipeline.ask(PositionedWrite.DEADLINE, simpler);
        for (int i = 0; i < again.size(); i++) {
            opened.set(again.get(i), simply.get(2 * i + 1));
        }
        return opened;
    }

    private void addWrites(byte[] handle, List<SftpPacket> writes) {
        for (int at = 0; at < content.length; at += SftpPipeline.USUAL_WRITE) {
            int length = Math.min(SftpPipeline.USUAL_WRITE, content.length - at);
            writes.add(SftpPacket.write(handle, at, content, at, length));
        }
        writes.add(SftpPacket.close(handle));
    }
}
