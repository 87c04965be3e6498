package dev.offsite.sftp;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A file on the server that is open for writing at any place in it; JSch's own client would open it again for each write.
 * Many writes are on their way at a time. Not safe for use by several threads at once.
 */
public final class PositionedWrite {

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
        pipeline.send(SftpPacket.remove(path));
        pipeline.send(SftpPacket.open(path, SftpPacket.FOR_WRITING | SftpPacket.MAKE_EMPTY));
        pipeline.flush();
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
        pipeline.send(SftpPacket.open(path, SftpPacket.FOR_WRITING));
        pipeline.flush();
        if (asked) {
            pipeline.takeLimits(DEADLINE);
        }
        return opened(pipeline, window);
    }

    private static PositionedWrite opened(SftpPipeline pipeline, long window) throws IOException {
        DataInputStream answer = pipeline.answer(DEADLINE);
        int type = answer.readUnsignedByte();
        answer.readInt();
        if (type == SftpPacket.STATUS) {
            throw SftpPacket.refusal(answer.readInt(), answer);
        }
        if (type != SftpPacket.HANDLE) {
            throw SftpPacket.unexpected();
        }
        return new PositionedWrite(pipeline, SftpPacket.bytes(answer), window);
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
            int id = pipeline.send(SftpPacket.write(handle, offset, length), bytes, at, length);
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
        int id = pipeline.send(SftpPacket.close(handle));
        pipeline.flush();
        underWay.put(id, 0);
        acknowledge();
        return acknowledged;
    }

    private void acknowledge() throws IOException {
        DataInputStream answer = pipeline.answer(DEADLINE);
        int type = answer.readUnsignedByte();
        Integer length = underWay.remove(answer.readInt());
        if (type != SftpPacket.STATUS || length == null) {
            throw SftpPacket.unexpected();
        }
        int code = answer.readInt();
        if (code != SftpStatusException.OK) {
            throw SftpPacket.refusal(code, answer);
        }
        acknowledged += length;
        bytesUnderWay -= length;
    }
}
