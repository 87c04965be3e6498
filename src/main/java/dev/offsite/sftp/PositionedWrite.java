package dev.offsite.sftp;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A file on the server that is open for writing at any place in it: what JSch's own client cannot do without opening it
 * again for each. Many writes are on their way at a time. Not safe for use by several threads at once.
 */
public final class PositionedWrite {

    private static final int OPEN = 3;
    private static final int CLOSE = 4;
    private static final int WRITE = 6;
    private static final int REMOVE = 13;
    private static final int STATUS = 101;
    private static final int HANDLE = 102;

    private static final int FOR_WRITING = 0x02;
    private static final int MAKE_EMPTY = 0x08 | 0x10;

    /** A disk may be slow to answer; a link that is dead is found out by JSch, earlier. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private final SftpPipeline pipeline;
    private final byte[] handle;
    private final long window;
    private final Map<Integer, Integer> underWay = new HashMap<>();
    private long bytesUnderWay;
    private long acknowledged;

    private PositionedWrite(SftpPipeline pipeline, byte[] handle, long window) {
        this.pipeline = pipeline;
        this.handle = handle;
        this.window = window;
    }

    /**
     * Makes it anew. What is there is removed, not only emptied: a connection of an attempt before that the server has not
     * given up yet would go on writing into it.
     *
     * @param window bytes that may be on their way at a time
     */
    static PositionedWrite create(SftpPipeline pipeline, String path, long window) throws IOException {
        boolean asked = pipeline.askLimits();
        pipeline.send(new SftpPipeline.Request(REMOVE, body -> SftpPipeline.text(body, path)));
        sendOpen(pipeline, path, FOR_WRITING | MAKE_EMPTY);
        if (asked) {
            pipeline.takeLimits(DEADLINE);
        }
        // Whether there was one to remove or not, and also if it may not be: it is emptied.
        pipeline.answer(DEADLINE);
        return opened(pipeline, window);
    }

    /**
     * Opens one that is there.
     *
     * @param window bytes that may be on their way at a time
     */
    static PositionedWrite open(SftpPipeline pipeline, String path, long window) throws IOException {
        boolean asked = pipeline.askLimits();
        sendOpen(pipeline, path, FOR_WRITING);
        if (asked) {
            pipeline.takeLimits(DEADLINE);
        }
        return opened(pipeline, window);
    }

    private static void sendOpen(SftpPipeline pipeline, String path, int flags) throws IOException {
        pipeline.send(new SftpPipeline.Request(OPEN, body -> {
            SftpPipeline.text(body, path);
            body.writeInt(flags);
            body.writeInt(0);
        }));
        pipeline.flush();
    }

    private static PositionedWrite opened(SftpPipeline pipeline, long window) throws IOException {
        DataInputStream answer = pipeline.answer(DEADLINE);
        int type = answer.readUnsignedByte();
        answer.readInt();
        if (type == STATUS) {
            throw refusal(answer.readInt(), answer);
        }
        if (type != HANDLE) {
            throw new IOException("the server answers what was not asked");
        }
        byte[] handle = new byte[Math.min(answer.readInt(), answer.available())];
        answer.readFully(handle);
        return new PositionedWrite(pipeline, handle, window);
    }

    /** Writes that at its place; it is on its way then, not there. */
    public void write(long place, byte[] bytes, int size) throws IOException {
        int most = pipeline.mostOfWrite();
        for (int at = 0; at < size; at += most) {
            int length = Math.min(most, size - at);
            long offset = place + at;
            while (bytesUnderWay > 0 && bytesUnderWay + length > window) {
                pipeline.flush();
                acknowledge();
            }
            int id = pipeline.send(
                    new SftpPipeline.Request(WRITE, body -> {
                        body.writeInt(handle.length);
                        body.write(handle);
                        body.writeLong(offset);
                        body.writeInt(length);
                    }),
                    bytes,
                    at,
                    length);
            underWay.put(id, length);
            bytesUnderWay += length;
        }
        pipeline.flush();
    }

    /**
     * Waits until the server has said of each write that it is done, and closes.
     *
     * @return how many bytes it has written
     * @throws SftpStatusException if it could not write one, or not close
     */
    public long finish() throws IOException {
        while (!underWay.isEmpty()) {
            acknowledge();
        }
        int id = pipeline.send(new SftpPipeline.Request(CLOSE, body -> {
            body.writeInt(handle.length);
            body.write(handle);
        }));
        pipeline.flush();
        underWay.put(id, 0);
        acknowledge();
        return acknowledged;
    }

    private void acknowledge() throws IOException {
        DataInputStream answer = pipeline.answer(DEADLINE);
        int type = answer.readUnsignedByte();
        Integer length = underWay.remove(answer.readInt());
        if (type != STATUS || length == null) {
            throw new IOException("the server answers what was not asked");
        }
        int code = answer.readInt();
        if (code != SftpStatusException.OK) {
            throw refusal(code, answer);
        }
        acknowledged += length;
        bytesUnderWay -= length;
    }

    private static SftpStatusException refusal(int code, DataInputStream answer) throws IOException {
        return new SftpStatusException(code, answer.available() > 0 ? SftpPipeline.text(answer) : "Failure");
    }
}
