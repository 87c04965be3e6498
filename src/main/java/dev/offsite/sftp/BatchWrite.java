package dev.offsite.sftp;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A small file to be written together with others. Each succeeds or fails on its own. */
public final class BatchWrite {

    /** Bytes per write that every server must accept. */
    private static final int BLOCK = 32 << 10;

    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private final String path;
    private final byte[] content;
    private byte[] handle;
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
        Map<Integer, BatchWrite> asked = new HashMap<>();
        for (BatchWrite file : files) {
            asked.put(pipeline.send(SftpPacket.open(file.path, SftpPacket.FOR_WRITING | SftpPacket.MAKE_EMPTY)), file);
        }
        answers(pipeline, asked);
        for (BatchWrite file : files) {
            if (file.handle != null) {
                file.sendContent(pipeline, asked);
            }
        }
        answers(pipeline, asked);
    }

    private void sendContent(SftpPipeline pipeline, Map<Integer, BatchWrite> asked) throws IOException {
        for (int at = 0; at < content.length; at += BLOCK) {
            int length = Math.min(BLOCK, content.length - at);
            asked.put(pipeline.send(SftpPacket.write(handle, at, length), content, at, length), this);
        }
        asked.put(pipeline.send(SftpPacket.close(handle)), this);
    }

    private static void answers(SftpPipeline pipeline, Map<Integer, BatchWrite> asked) throws IOException {
        pipeline.flush();
        while (!asked.isEmpty()) {
            DataInputStream answer = pipeline.answer(DEADLINE);
            int type = answer.readUnsignedByte();
            BatchWrite file = asked.remove(answer.readInt());
            if (file == null || (type == SftpPacket.HANDLE && file.handle != null)) {
                throw SftpPacket.unexpected();
            }
            file.take(type, answer);
        }
    }

    private void take(int type, DataInputStream answer) throws IOException {
        if (type == SftpPacket.HANDLE) {
            handle = SftpPacket.bytes(answer);
            return;
        }
        if (type != SftpPacket.STATUS) {
            throw SftpPacket.unexpected();
        }
        int code = answer.readInt();
        if (code == SftpStatusException.OK && handle == null) {
            throw new IOException("the server says that it opened a file, and gave no handle");
        }
        if (code != SftpStatusException.OK && refusal == null) {
            refusal = SftpPacket.refusal(code, answer);
        }
    }
}
