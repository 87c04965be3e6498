package dev.offsite.sftp;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A remote file open for writing at any offset, with many writes in flight. Not thread-safe. */
public final class PositionedWrite {

    /** Long, because a disk may be slow. JSch detects a dead link earlier. */
    static final Duration DEADLINE = Duration.ofMinutes(5);

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
     * Opens a file, with at most {@code window} bytes in flight. If {@code afresh}, an existing file is removed, not
     * truncated: an old connection that the server still holds open could otherwise keep writing into it.
     */
    static PositionedWrite open(SftpPipeline pipeline, String path, boolean afresh, long window) throws IOException {
        List<SftpPacket> requests = new ArrayList<>();
        if (afresh) {
            // The result does not matter: opening truncates the file anyway.
            requests.add(SftpPacket.remove(path));
        }
        requests.add(SftpPacket.openToWrite(path, afresh));
        SftpPipeline.Answer answer = pipeline.askWithLimits(DEADLINE, requests).get(requests.size() - 1);
        return new PositionedWrite(pipeline, answer.opened(), window);
    }

    /** Sends a write at this offset, without waiting for its reply. */
    public void write(long place, byte[] bytes, int size) throws IOException {
        int most = pipeline.mostOfWrite();
        for (int at = 0; at < size; at += most) {
            int length = Math.min(most, size - at);
            while (bytesUnderWay > 0 && bytesUnderWay + length > window) {
                pipeline.flush();
                acknowledge();
            }
            underWay.put(pipeline.send(SftpPacket.write(handle, place + at, bytes, at, length)), length);
            bytesUnderWay += length;
        }
        pipeline.flush();
    }

    /** Waits until the server has confirmed all writes, closes, and returns the bytes written. */
    public long finish() throws IOException {
        while (!underWay.isEmpty()) {
            acknowledge();
        }
        underWay.put(pipeline.send(SftpPacket.close(handle)), 0);
        pipeline.flush();
        acknowledge();
        return acknowledged;
    }

    private void acknowledge() throws IOException {
        SftpPipeline.Answer reply = pipeline.reply(DEADLINE);
        Integer length = underWay.remove(reply.id());
        if (reply.type() != SftpPacket.STATUS || length == null) {
            throw SftpPipeline.Answer.unexpected();
        }
        if (!reply.done()) {
            throw reply.refusal();
        }
        acknowledged += length;
        bytesUnderWay -= length;
    }
}
