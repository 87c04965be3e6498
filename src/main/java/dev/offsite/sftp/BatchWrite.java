package dev.offsite.sftp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A small file to be written together with others. Each succeeds or fails on its own. */
public final class BatchWrite {

    private final String path;
    private final byte[] content;
    private SftpStatusException refusal;

    /**
     * @param path absolute; an existing file is replaced
     */
    public BatchWrite(String path, byte[] content) {
        this.path = path;
        this.content = content;
    }

    /** Why the write failed; null if it succeeded. */
    public SftpStatusException refusal() {
        return refusal;
    }

    /**
     * Opens all files, then writes and closes them: two round trips in all.
     *
     * @throws IOException if the connection broke; it is then unknown which files were written
     */
    static void write(SftpPipeline pipeline, List<BatchWrite> files) throws IOException {
        List<SftpPipeline.Answer> opened = pipeline.ask(
                PositionedWrite.DEADLINE,
                files.stream()
                        .map(file -> SftpPacket.openToWrite(file.path, true))
                        .toList());
        List<SftpPacket> writes = new ArrayList<>();
        List<BatchWrite> asking = new ArrayList<>();
        for (int i = 0; i < files.size(); i++) {
            BatchWrite file = files.get(i);
            file.refusal = opened.get(i).refusal();
            if (file.refusal == null) {
                file.addWrites(opened.get(i).opened(), writes);
                asking.addAll(Collections.nCopies(writes.size() - asking.size(), file));
            }
        }
        List<SftpPipeline.Answer> written = pipeline.ask(PositionedWrite.DEADLINE, writes);
        for (int i = 0; i < written.size(); i++) {
            BatchWrite file = asking.get(i);
            file.refusal = file.refusal == null ? written.get(i).refusal() : file.refusal;
        }
    }

    private void addWrites(byte[] handle, List<SftpPacket> writes) {
        for (int at = 0; at < content.length; at += SftpPipeline.USUAL_WRITE) {
            int length = Math.min(SftpPipeline.USUAL_WRITE, content.length - at);
            writes.add(SftpPacket.write(handle, at, content, at, length));
        }
        writes.add(SftpPacket.close(handle));
    }
}
