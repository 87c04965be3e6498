package dev.offsite.sftp.pipeline;

import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A remote file open for writing at any offset, with many writes in flight. Not thread-safe. */
public final class PositionedWrite {

    /** Long, because a disk may be slow. JSch detects a dead link earlier. */
    public static final Duration DEADLINE = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(PositionedWrite.class);

    private static final int PIECE = 255 << 10;

    private static final Range NOTHING = new Range(0, 0, 0);

    private final SftpPipeline pipeline;
    private final byte[] handle;
    private final MeasuredWindow window;
    private final Map<Integer, Range> underWay = new HashMap<>();
    private Confirmation confirmation = (place, length) -> {};
    private long bytesUnderWay;
    private long acknowledged;
    private SftpStatusException refusal;

    private record Range(long place, int length, long sentNanos) {}

    /** Told of each write that the server has confirmed. */
    @FunctionalInterface
    public interface Confirmation {
        void of(long place, int length);
    }

    private PositionedWrite(SftpPipeline pipeline, byte[] handle, long window) {
        this.pipeline = pipeline;
        this.handle = handle;
        this.window = new MeasuredWindow(window, System.nanoTime());
    }

    /**
     * Creates a file, with at most {@code window} bytes in flight, fewer if the link carries less. An existing file is removed, not truncated: an old
     * connection that the server still holds open could otherwise keep writing into it.
     *
     * @param mode -1 leaves it to the server
     */
    public static PositionedWrite create(SftpPipeline pipeline, String path, int mode, long window) throws IOException {
        List<BatchWrite> file = List.of(new BatchWrite(path, new byte[0], mode));
        return new PositionedWrite(
                pipeline, BatchWrite.createAnew(pipeline, file).get(0).received(), window);
    }

    /** Opens a file that is there, without changing it; nothing but a regular file. */
    public static PositionedWrite open(SftpPipeline pipeline, String path, long window) throws IOException {
        List<Answer> replies = pipeline.ask(DEADLINE, List.of(SftpPacket.stat(path), SftpPacket.openToWrite(path)));
        PositionedWrite file = new PositionedWrite(pipeline, replies.get(1).received(), window);
        if (replies.get(0).isNoFile()) {
            file.closeUnawaited();
            throw new SftpStatusException(
                    SftpStatusException.FILE_ALREADY_EXISTS, "something else has taken its temporary name");
        }
        return file;
    }

    /**
     * Writes a whole stream from the start, has the server write it to its disk where it can be asked for that, and closes
     * the file. The connection can go on after a refusal, and after an {@link UncheckedIOException}: then the stream failed.
     */
    public void writeAll(InputStream from) throws IOException {
        byte[] piece = new byte[PIECE];
        try {
            long offset = 0;
            for (int n = PIECE; n == PIECE; offset += n) {
                n = read(from, piece);
                write(offset, piece, n);
            }
        } catch (SftpStatusException | UncheckedIOException e) {
            abandon();
            throw e;
        }
        finish(pipeline.syncs());
    }

    private static int read(InputStream from, byte[] piece) {
        try {
            return from.readNBytes(piece, 0, PIECE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Closes the file without waiting for the reply. */
    public void closeUnawaited() throws IOException {
        pipeline.sendOnly(SftpPacket.close(handle));
        pipeline.flush();
    }

    /** Waits for all replies, whatever they say, and closes the file. */
    public void abandon() throws IOException {
        while (!underWay.isEmpty()) {
            underWay.remove(pipeline.reply(DEADLINE).id());
        }
        closeUnawaited();
    }

    /** {@code told}: of each write from now on that the server confirms */
    public PositionedWrite telling(Confirmation told) {
        confirmation = told;
        return this;
    }

    /** Whether no reply is awaited. */
    public boolean isQuiet() {
        return underWay.isEmpty();
    }

    /** Waits for one reply; fails if it is a refusal. */
    public void awaitOne() throws IOException {
        acknowledge();
        check();
    }

    /** Takes the replies that have come already, without waiting for others. */
    public void takeWhatCame() {
        try {
            while (!underWay.isEmpty() && pipeline.isReady()) {
                acknowledge();
            }
        } catch (IOException e) {
            LOG.debug("no more replies", e);
        }
    }

    /** Sends a write at this offset, without waiting for its reply. */
    public void write(long place, byte[] bytes, int size) throws IOException {
        int most = pipeline.mostOfWrite();
        for (int at = 0; at < size; at += most) {
            int length = Math.min(most, size - at);
            while (bytesUnderWay > 0 && bytesUnderWay + length > window.bytes()) {
                pipeline.flush();
                acknowledge();
            }
            underWay.put(
                    pipeline.send(SftpPacket.write(handle, place + at, bytes, at, length)),
                    new Range(place + at, length, System.nanoTime()));
            bytesUnderWay += length;
        }
        pipeline.flush();
        check();
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
            underWay.put(pipeline.send(SftpPacket.sync(handle)), NOTHING);
        }
        underWay.put(pipeline.send(SftpPacket.close(handle)), NOTHING);
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
        Answer reply = pipeline.reply(DEADLINE);
        Range range = underWay.remove(reply.id());
        if (reply.type() != SftpPacket.STATUS || range == null) {
            throw Answer.unexpected();
        }
        bytesUnderWay -= range.length();
        if (reply.done()) {
            acknowledged += range.length();
            if (range.length() > 0) {
                long now = System.nanoTime();
                window.confirmed(range.length(), now - range.sentNanos(), now);
                confirmation.of(range.place(), range.length());
            }
        } else if (refusal == null) {
            refusal = reply.refusal();
        }
    }
}
