package dev.offsite.upload;

import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.pipeline.PositionedWrite;
import dev.offsite.upload.SegmentQueue.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import org.apache.camel.util.function.ThrowingFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to upload a file over several connections. The calling thread reads the file once, in order, and lanes
 * send the pieces: threads with a connection each, whose number changes as other uploads start and end.
 */
public final class SegmentedUpload {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentedUpload.class);

    /** Bytes of a piece: what OpenSSH accepts in one write, and small enough that the file grows nearly in order. */
    private static final int PIECE = 255 << 10;

    private final SftpSessionPool sessions;
    private final String part;
    private final int mode;
    private final IntSupplier most;
    private final SegmentQueue queue;
    private final Set<SftpSession> writing = ConcurrentHashMap.newKeySet();
    private final AtomicInteger lanes = new AtomicInteger();
    private final LongAdder acknowledged = new LongAdder();
    private volatile boolean noMore;
    private int peak;
    private final AtomicInteger logins = new AtomicInteger();

    /**
     * {@code mode} is the part file's, {@code most} is asked repeatedly: the number of connections the upload may use
     * now.
     */
    public SegmentedUpload(SftpSessionPool sessions, String part, int mode, IntSupplier most) {
        this.sessions = sessions;
        this.queue = new SegmentQueue(sessions.activity());
        this.part = part;
        this.mode = mode;
        this.most = most;
    }

    /** Sends the whole file; after a failure, no connection is writing any more. */
    public void send(InputStream file) throws Exception {
        start(true);
        try {
            long read = read(file);
            queue.end();
            queue.awaitLanes();
            if (acknowledged.sum() != read) {
                throw new IOException("the server has written %d of %d bytes".formatted(acknowledged.sum(), read));
            }
        } catch (Exception | Error e) {
            fail(e);
            queue.awaitLanes();
            throw e;
        }
    }

    private long read(InputStream file) throws Exception {
        long offset = 0;
        while (true) {
            arrange();
            byte[] bytes = new byte[PIECE];
            int length = file.readNBytes(bytes, 0, PIECE);
            if (length == 0) {
                return offset;
            }
            queue.put(new Piece(offset, ByteBuffer.wrap(bytes, 0, length)));
            offset += length;
        }
    }

    /** Starts the lanes that are allowed now. Total logins are limited, since many small uploads may come and go. */
    private void arrange() {
        int wanted = most.getAsInt();
        peak = Math.max(peak, wanted);
        queue.want(wanted);
        int free = Math.min(sessions.free(), wanted - lanes.get());
        for (int i = 0; i < free && !noMore && logins.get() < 2 * peak; i++) {
            start(false);
        }
    }

    private void start(boolean first) {
        lanes.incrementAndGet();
        logins.incrementAndGet();
        Thread thread = new Thread(() -> lane(new Lane(first)), "offsite-segment");
        thread.setDaemon(true);
        thread.start();
    }

    private void lane(Lane lane) {
        try {
            Optional<Long> written = lane.first ? Optional.of(sessions.call(lane)) : sessions.callIfFree(lane);
            written.ifPresentOrElse(acknowledged::add, logins::decrementAndGet);
        } catch (Exception | Error e) {
            if (lane.first || lane.took) {
                fail(e);
            } else {
                // The server may allow no more connections; continue without this one.
                noMore = true;
                LOG.debug("{}: no further connection", part, e);
            }
        } finally {
            lanes.decrementAndGet();
            if (lane.joined) {
                queue.leave(lane.dismissed);
            }
        }
    }

    private void fail(Throwable cause) {
        queue.fail(cause instanceof Exception e ? e : new IOException(cause.toString(), cause));
        writing.forEach(SftpSession::close);
    }

    /** The work of one connection; returns the bytes written, as confirmed by the server. */
    private final class Lane implements ThrowingFunction<SftpSession, Long, IOException> {
        private final boolean first;
        private boolean joined;
        private boolean took;
        private boolean dismissed;
        private boolean done;

        Lane(boolean first) {
            this.first = first;
        }

        @Override
        public Long apply(SftpSession remote) throws IOException {
            joined = queue.join(first);
            if (!joined) {
                return 0L;
            }
            writing.add(remote);
            try {
                long written = write(remote);
                done = true;
                return written;
            } catch (SftpStatusException e) {
                throw e;
            } catch (IOException e) {
                throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
            } finally {
                writing.remove(remote);
                if (!first || !done) {
                    // Replies may still be outstanding, and the job's connection limit must hold.
                    remote.close();
                }
            }
        }

        private long write(SftpSession remote) throws IOException {
            PositionedWrite file = first ? remote.create(part, mode) : remote.segments(part);
            if (first) {
                queue.created();
            }
            for (Optional<Piece> piece = queue.take(); piece.isPresent(); piece = queue.take()) {
                took = true;
                Piece next = piece.get();
                file.write(next.offset(), next.bytes().array(), next.bytes().limit());
            }
            dismissed = true;
            return file.finish();
        }
    }
}
