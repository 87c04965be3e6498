package dev.offsite.sftp;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A remote file open for writing at any offset, with many writes in flight. Not thread-safe. */
public final class PositionedWrite {

    /** Long, because a disk may be slow. JSch detects a dead link earlier. */
    static final Duration DEADLINE = Duration.ofMinutes(5);

    private static final int PIECE = 255 << 10;

    private final SftpPipeline pipeline;
    private final byte[] handle;
    private final long window;
    private final Map<Integer, Integer> underWay = new HashMap<>();
    private long bytesUnderWay;
    private long acknowledged;
    private SftpStatusException refusal;

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
        send(place, bytes, size);
        check();
    }

    private void send(long place, byte[] bytes, int size) throws IOException {
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

    /**
     * Writes a new file as a whole, and has the server write it to its disk where it can be asked for that. All replies
     * are read, so that the connection stays usable when the server refuses.
     */
    static void write(SftpPipeline pipeline, String path, InputStream content, long window) throws IOException {
        PositionedWrite file = open(pipeline, path, true, window);
        byte[] piece = new byte[PIECE];
        long place = 0;
        for (int size = content.readNBytes(piece, 0, PIECE); size > 0 && file.refusal == null; ) {
            file.send(place, piece, size);
            place += size;
            piece = new byte[PIECE];
            size = content.readNBytes(piece, 0, PIECE);
        }
        file.finish(pipeline.syncs());
    }

    /** Waits until the server has confirmed all writes, closes, and returns the bytes written. */
    public long finish() throws IOException {
        return finish(false);
    }

    private long finish(boolean sync) throws IOException {
        while (!underWay.isEmpty()) {
            acknowledge();
        }
        if (sync && refusal == null) {
            underWay.put(pipeline.send(SftpPacket.sync(handle)), 0);
        }
        underWay.put(pipeline.send(SftpPacket.close(handle)), 0);
        pipeline.flush();
        while (!underWay.isEmpty()) {
            acknowledge();
        }
        check();
        return acknowledged;
    }

    private void check() throws SftpStatusException {
        if (refusal != null) {
            throw refusal;
        }
    }

    private void acknowledge() throws IOException {
        SftpPipeline.Answer reply = pipeline.reply(DEADLINE);
        Integer length = underWay.remove(reply.id());
        if (reply.type() != SftpPacket.STATUS || length == null) {
            throw SftpPipeline.Answer.unexpected();
        }
        bytesUnderWay -= length;
        if (reply.done()) {
            acknowledged += length;
        } else if (refusal == null) {
            refusal = reply.refusal();
        }
    }
}
