package dev.offsite.sftp;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A remote file open for writing at any offset, with many writes in flight. Not thread-safe. */
public final class PositionedWrite {

    /** Long, because a disk may be slow. JSch detects a dead link earlier. */
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
     * Creates the file, with at most {@code window} bytes in flight. An existing file is removed, not truncated: an old
     * connection that the server still holds open could otherwise keep writing into it.
     */
    static PositionedWrite create(SftpPipeline pipeline, String path, long window) throws IOException {
        boolean asked = pipeline.askLimits();
        pipeline.send(SftpPacket.remove(path));
        pipeline.send(SftpPacket.open(path, SftpPacket.FOR_WRITING | SftpPacket.MAKE_EMPTY));
        pipeline.flush();
        if (asked) {
            pipeline.takeLimits(DEADLINE);
        }
        // The result of the removal does not matter: opening truncates the file anyway.
        pipeline.answer(DEADLINE);
        return opened(pipeline, window);
    }

    /** Opens an existing file, with at most {@code window} bytes in flight. */
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

    /** Sends a write at this offset, without waiting for its reply. */
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

    /** Waits until the server has confirmed all writes, closes, and returns the bytes written. */
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
