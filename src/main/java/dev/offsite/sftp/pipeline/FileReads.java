package dev.offsite.sftp.pipeline;

import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * Reads from many remote files over one connection, with many requests in flight: a file is looked at and opened in one round
 * trip, and read in the next. Replies are taken one at a time. Not thread-safe.
 *
 * @param <F> the caller's own mark of a file
 */
public final class FileReads<F> {

    /**
     * What has come: of a file, the bytes at {@code offset}; or what lies there, with no bytes; or why it cannot be read.
     *
     * @param busy whether it was refused although it is there, while others are open: a server may limit how many are
     */
    public record Event<F>(
            F file,
            long offset,
            ByteBuffer bytes,
            Optional<RemoteFile> there,
            Optional<SftpStatusException> refusal,
            boolean busy) {}

    /** A stretch of a file. */
    public record Stretch<F>(F file, long offset, int length) {}

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private static final String SHORTER =
            "it ends on the server before the size that the server says; was it written to?";

    /** What is known of one file. */
    private static final class Open<F> {
        private final F mark;
        private byte[] handle;
        private boolean refused;
        private int underWay;
        /** Waits for the handle. */
        private final List<Stretch<F>> waiting = new ArrayList<>();

        Open(F mark) {
            this.mark = mark;
        }
    }

    private enum Request {
        STAT,
        OPEN,
        READ
    }

    private record Asked<F>(Request request, Open<F> file, long offset, int length) {}

    private final SftpPipeline pipeline;
    private final Map<F, Open<F>> files = new LinkedHashMap<>();
    private final Map<Integer, Asked<F>> underWay = new HashMap<>();
    private final Queue<Event<F>> ready = new ArrayDeque<>();
    private long bytesUnderWay;

    public FileReads(SftpPipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Looks at a file and opens it, without waiting; the first event about it says what lies there. */
    public void open(F mark, String path) throws IOException {
        Open<F> file = new Open<>(mark);
        files.put(mark, file);
        send(SftpPacket.stat(path), new Asked<>(Request.STAT, file, 0, 0));
        send(SftpPacket.openToRead(path), new Asked<>(Request.OPEN, file, 0, 0));
    }

    public boolean isOpen(F mark) {
        return files.containsKey(mark);
    }

    /** How many files are open, or being opened. */
    public int openFiles() {
        return files.size();
    }

    /** Reads a stretch of an open file, without waiting; its bytes come in one event or in several, in any order. */
    public void read(Stretch<F> stretch) throws IOException {
        Open<F> file = files.get(stretch.file());
        bytesUnderWay += stretch.length();
        if (file.handle == null) {
            file.waiting.add(stretch);
        } else {
            send(file, stretch);
        }
    }

    private void send(Open<F> file, Stretch<F> stretch) throws IOException {
        int most = pipeline.mostOfRead();
        for (int at = 0; at < stretch.length(); at += most) {
            ask(file, stretch.offset() + at, Math.min(most, stretch.length() - at));
        }
    }

    private void ask(Open<F> file, long offset, int length) throws IOException {
        send(SftpPacket.read(file.handle, offset, length), new Asked<>(Request.READ, file, offset, length));
    }

    private void send(SftpPacket request, Asked<F> asked) throws IOException {
        underWay.put(pipeline.send(request), asked);
        asked.file.underWay++;
    }

    /** Bytes that were asked for and have not come. */
    public long bytesUnderWay() {
        return bytesUnderWay;
    }

    /** Whether no event can come. */
    public boolean isIdle() {
        return underWay.isEmpty() && ready.isEmpty();
    }

    /** Closes a file when all that was asked about it has come; until then, does nothing. */
    public void closeIfIdle(F mark) throws IOException {
        Open<F> file = files.get(mark);
        if (file != null && file.underWay == 0 && file.waiting.isEmpty()) {
            close(file);
        }
    }

    /** The files about which nothing is under way. */
    public Collection<F> idle() {
        return files.values().stream()
                .filter(file -> file.underWay == 0 && file.waiting.isEmpty())
                .map(file -> file.mark)
                .toList();
    }

    private void close(Open<F> file) throws IOException {
        files.remove(file.mark);
        if (file.handle != null) {
            pipeline.sendOnly(SftpPacket.close(file.handle));
        }
    }

    /** Sends what waits to be sent. */
    public void flush() throws IOException {
        pipeline.flush();
    }

    /**
     * Waits for the next event; empty if no more can come. After a refusal, nothing more comes of that file.
     *
     * @throws IOException if the connection is lost, or the server answers nonsense
     */
    public Optional<Event<F>> next() throws IOException {
        while (ready.isEmpty() && !underWay.isEmpty()) {
            take(pipeline.reply(PositionedWrite.DEADLINE));
        }
        return Optional.ofNullable(ready.poll());
    }

    private void take(Answer reply) throws IOException {
        Asked<F> asked = underWay.remove(reply.id());
        if (asked == null) {
            throw Answer.unexpected();
        }
        Open<F> file = asked.file;
        file.underWay--;
        switch (asked.request) {
            case STAT -> looked(file, reply);
            case OPEN -> opened(file, reply);
            case READ -> read(asked, reply);
        }
        if (file.refused && file.underWay == 0) {
            close(file);
        }
    }

    private void looked(Open<F> file, Answer reply) {
        if (reply.refusal() != null) {
            refused(file, reply.refusal());
        } else if (reply.isNoFile()
                || reply.entry().filter(entry -> entry.size() >= 0).isEmpty()) {
            refused(file, SftpStatusException.leftAlone("it is no regular file on the server"));
        } else {
            ready.add(new Event<>(file.mark, 0, NOTHING, reply.entry(), Optional.empty(), false));
        }
    }

    private void opened(Open<F> file, Answer reply) throws IOException {
        if (reply.refusal() != null) {
            refused(file, reply.refusal());
            return;
        }
        file.handle = reply.received();
        if (!file.refused) {
            List<Stretch<F>> waiting = List.copyOf(file.waiting);
            file.waiting.clear();
            for (Stretch<F> stretch : waiting) {
                send(file, stretch);
            }
        }
    }

    private void read(Asked<F> asked, Answer reply) throws IOException {
        Open<F> file = asked.file;
        if (reply.isEnd() || reply.refusal() != null) {
            bytesUnderWay -= asked.length;
            refused(file, reply.isEnd() ? new SftpStatusException(SftpStatusException.EOF, SHORTER) : reply.refusal());
            return;
        }
        ByteBuffer bytes = reply.data();
        if (!bytes.hasRemaining()) {
            throw new IOException("the server sent nothing where it should have sent a part of the file");
        }
        // Some servers send more than was asked for (lsh), and any may send less.
        int length = Math.min(bytes.remaining(), asked.length);
        bytes.limit(bytes.position() + length);
        bytesUnderWay -= length;
        if (file.refused) {
            bytesUnderWay -= asked.length - length;
            return;
        }
        ready.add(new Event<>(file.mark, asked.offset, bytes, Optional.empty(), Optional.empty(), false));
        if (length < asked.length) {
            ask(file, asked.offset + length, asked.length - length);
        }
    }

    private void refused(Open<F> file, SftpStatusException why) {
        for (Stretch<F> stretch : file.waiting) {
            bytesUnderWay -= stretch.length();
        }
        file.waiting.clear();
        if (!file.refused) {
            file.refused = true;
            boolean busy = file.handle == null && why.code() == SftpStatusException.FAILURE && files.size() > 1;
            ready.add(new Event<>(file.mark, 0, NOTHING, Optional.empty(), Optional.of(why), busy));
        }
    }

    /** Gives a file up: nothing more comes of it. */
    public void giveUp(F mark) throws IOException {
        Open<F> file = files.get(mark);
        if (file != null && !file.refused) {
            file.waiting.forEach(stretch -> bytesUnderWay -= stretch.length());
            file.waiting.clear();
            file.refused = true;
            if (file.underWay == 0) {
                close(file);
            }
        }
    }
}
