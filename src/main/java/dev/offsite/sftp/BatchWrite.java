package dev.offsite.sftp;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One of several small files that are written at once; what went wrong with it harms no other. */
public final class BatchWrite {

    private static final int OPEN = 3;
    private static final int CLOSE = 4;
    private static final int WRITE = 6;
    private static final int STATUS = 101;
    private static final int HANDLE = 102;
    private static final int WRITE_CREATE_TRUNCATE = 0x02 | 0x08 | 0x10;

    /** Bytes of one write: as much as every server must take. */
    private static final int BLOCK = 32 << 10;

    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private final String path;
    private final byte[] content;
    private byte[] handle;
    private SftpStatusException refusal;

    /**
     * @param path absolute; what is there is replaced
     */
    public BatchWrite(String path, byte[] content) {
        this.path = path;
        this.content = content;
    }

    /** Why it could not be written; null if it was. */
    public SftpStatusException refusal() {
        return refusal;
    }

    /**
     * Opens all of them, and then writes and closes all of them: two round trips.
     *
     * @throws IOException if the connection broke: then nobody knows how far it came
     */
    static void write(SftpPipeline pipeline, List<BatchWrite> files) throws IOException {
        Map<Integer, BatchWrite> asked = new HashMap<>();
        for (BatchWrite file : files) {
            asked.put(file.sendOpen(pipeline), file);
        }
        answers(pipeline, asked);
        for (BatchWrite file : files) {
            if (file.handle != null) {
                file.sendContent(pipeline, asked);
            }
        }
        answers(pipeline, asked);
    }

    private int sendOpen(SftpPipeline pipeline) throws IOException {
        return pipeline.send(new SftpPipeline.Request(OPEN, body -> {
            SftpPipeline.text(body, path);
            body.writeInt(WRITE_CREATE_TRUNCATE);
            body.writeInt(0);
        }));
    }

    private void sendContent(SftpPipeline pipeline, Map<Integer, BatchWrite> asked) throws IOException {
        for (int at = 0; at < content.length; at += BLOCK) {
            long offset = at;
            int length = Math.min(BLOCK, content.length - at);
            SftpPipeline.Request write = new SftpPipeline.Request(WRITE, body -> {
                body.writeInt(handle.length);
                body.write(handle);
                body.writeLong(offset);
                body.writeInt(length);
            });
            asked.put(pipeline.send(write, content, at, length), this);
        }
        SftpPipeline.Request close = new SftpPipeline.Request(CLOSE, body -> {
            body.writeInt(handle.length);
            body.write(handle);
        });
        asked.put(pipeline.send(close), this);
    }

    private static void answers(SftpPipeline pipeline, Map<Integer, BatchWrite> asked) throws IOException {
        pipeline.flush();
        while (!asked.isEmpty()) {
            DataInputStream answer = pipeline.answer(DEADLINE);
            int type = answer.readUnsignedByte();
            BatchWrite file = asked.remove(answer.readInt());
            if (file == null || (type == HANDLE && file.handle != null)) {
                throw new IOException("the server answers what was not asked");
            }
            file.take(type, answer);
        }
    }

    private void take(int type, DataInputStream answer) throws IOException {
        if (type == HANDLE) {
            handle = answer.readNBytes(answer.readInt());
            return;
        }
        if (type != STATUS) {
            throw new IOException("the server answers what was not asked");
        }
        int code = answer.readInt();
        if (code != SftpStatusException.OK && refusal == null) {
            refusal = new SftpStatusException(code, answer.available() > 0 ? SftpPipeline.text(answer) : "Failure");
        } else if (code == SftpStatusException.OK && handle == null) {
            throw new IOException("the server opened no file and says that it did");
        }
    }
}
