package dev.offsite.upload;

import dev.offsite.io.HashingInputStream;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.sftp.UsefulConnections;
import dev.offsite.sftp.login.SshException;
import dev.offsite.sftp.pipeline.PositionedWrite;
import dev.offsite.upload.SegmentQueue.Confirmed;
import dev.offsite.upload.SegmentQueue.Lane;
import dev.offsite.upload.SegmentQueue.Piece;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.util.function.ThrowingFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to upload a file over one or several connections. The calling thread reads the file once, in order, and lanes
 * send the pieces: threads with a connection each, whose number changes as other uploads start and end. What a lost
 * connection had not delivered is sent by another; if all are lost, the upload waits for the server and goes on.
 */
final class SegmentedUpload {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentedUpload.class);

    /** Bytes of a piece: what OpenSSH accepts in one write, and small enough that the file grows nearly in order. */
    private static final int PIECE = 255 << 10;

    /** How often the lanes are looked after, in milliseconds. */
    private static final long LOOK = 50;

    private static final String WHAT = "a file was sent in segments";

    private final SftpSessionPool sessions;
    private final String part;
    private final int mode;
    private final Supplier<SegmentPlan> plan;
    private final Continuation continuation;
    private final LostConnections lost;
    private final Set<SftpSession> writing = ConcurrentHashMap.newKeySet();
    /** Threads that have not joined the queue yet. */
    private final AtomicInteger starting = new AtomicInteger();

    private final AtomicInteger logins = new AtomicInteger();
    private final UsefulConnections useful = new UsefulConnections(1, System.nanoTime());
    private SegmentQueue queue;
    private MessageDigest hashAtEnd;
    private int peak;
    private volatile boolean noMore;

    /**
     * {@code mode} is the part file's, {@code plan} is asked repeatedly: how many connections the upload may use now
     */
    SegmentedUpload(
            SftpSessionPool sessions,
            String part,
            int mode,
            Supplier<SegmentPlan> plan,
            Continuation continuation,
            LostConnections lost) {
        this.sessions = sessions;
        this.part = part;
        this.mode = mode;
        this.plan = plan;
        this.continuation = continuation;
        this.lost = lost;
    }

    /**
     * Sends the file from where the stream is; from its start, the part file is created anew. After a failure, no connection
     * is writing any more.
     */
    void send(HashingInputStream file) throws IOException {
        queue = new SegmentQueue(sessions.activity(), file.count());
        if (file.count() > 0) {
            queue.created();
        }
        try {
            start(true);
            read(file);
            queue.end();
            await(millis -> queue.isOver(millis));
            queue.check();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
            try {
                sessions.activity().await(millis -> queue.isOver(millis), WHAT);
            } catch (IOException interrupted) {
                e.addSuppressed(interrupted);
            }
            throw e;
        } finally {
            LOG.debug(
                    "{}: {} of {} bytes sent again after {} lost connections",
                    part,
                    queue.sentAgain(),
                    queue.length(),
                    lost.number());
        }
    }

    private void read(HashingInputStream file) throws IOException {
        while (true) {
            long offset = file.count();
            hashAtEnd = file.beginning();
            byte[] bytes = new byte[PIECE];
            int length = file.readNBytes(bytes, 0, PIECE);
            if (length == 0) {
                return;
            }
            Piece piece = new Piece(offset, bytes, length, hashAtEnd);
            await(millis -> queue.offer(piece, millis));
        }
    }

    @FunctionalInterface
    private interface Step {
        boolean within(long millis) throws InterruptedException;
    }

    /** Looks after the lanes until the step is done or something has failed. */
    private void await(Step step) throws IOException {
        sessions.activity()
                .await(
                        millis -> {
                            arrange();
                            return step.within(Math.min(millis, LOOK)) || queue.hasFailed();
                        },
                        WHAT);
        queue.check();
    }

    /** Starts the lanes that are allowed now, and at most one at a time on a line that has cut some. */
    private void arrange() {
        int wanted = wanted();
        peak = Math.max(peak, wanted);
        queue.want(wanted);
        if (queue.lanes() + starting.get() == 0) {
            goOn();
        } else if (wanted > 1 && queue.isCreated() && !noMore) {
            int free = Math.min(sessions.free(), wanted - queue.lanes() - starting.get());
            for (int i = 0; i < free && mayStart(); i++) {
                start(false);
            }
        }
    }

    private int wanted() {
        if (sessions.places().isWantedElsewhere()) {
            return 1;
        }
        SegmentPlan now = plan.get();
        long left = now.size() - queue.confirmed().end();
        int worth = useful.wanted(now.most(), queue.progress(), left, queue.lanes(), System.nanoTime());
        return Math.max(now.first(), worth);
    }

    /** Total logins are limited, since many small uploads may come and go. */
    private boolean mayStart() {
        boolean calm = !isOnBadLine() || (starting.get() == 0 && !lost.isPausing());
        return calm && logins.get() < 2 * peak + lost.number();
    }

    /** All lanes are lost. */
    private void goOn() {
        if (queue.isOver()) {
            return;
        }
        if (lost.isHopeless()) {
            fail(lost.last());
            return;
        }
        if (lost.isPausing()) {
            return;
        }
        try {
            Confirmed confirmed = queue.confirmed();
            MessageDigest hash = confirmed.hash().orElse(hashAtEnd);
            if (continuation.mayGoOn(confirmed.end(), confirmed.highest(), hash)) {
                start(true);
            } else {
                fail(lost.last());
            }
        } catch (IOException | RuntimeException e) {
            lost(e, false);
        }
    }

    /** {@code alone}: it waits for a connection, since the file has no other. */
    private void start(boolean alone) {
        starting.incrementAndGet();
        logins.incrementAndGet();
        Thread thread = new Thread(() -> run(new Sending(alone)), "offsite-segment");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Sending lane) {
        try {
            if (lane.alone) {
                sessions.call(lane);
            } else if (!continuation.reopens()) {
                noMore = true;
            } else if (sessions.callIfFree(lane).isEmpty()) {
                logins.decrementAndGet();
            }
        } catch (Exception | Error e) {
            failed(lane, e);
        } finally {
            lane.place.ifPresentOrElse(queue::leave, starting::decrementAndGet);
        }
    }

    private void failed(Sending lane, Throwable cause) {
        boolean broke = cause instanceof Exception e
                && (FailureMessages.lost(e) || (e instanceof SshException login && !login.isRefusal()));
        if (broke && (lane.opened || (lane.alone && queue.isCreated()))) {
            lost((Exception) cause, lane.alone && lane.opened);
        } else if (lane.alone || lane.opened) {
            fail(cause);
        } else if (broke && isOnBadLine()) {
            lost.pause();
        } else {
            // The server may allow no more connections; continue without this one.
            noMore = true;
            LOG.debug("{}: no further connection", part, cause);
        }
    }

    private boolean isOnBadLine() {
        return lost.number() > 0;
    }

    /** {@code inFile}: the server was there, and had opened the file. */
    private void lost(Exception cause, boolean inFile) {
        if (cause instanceof SshException login && login.isRefusal()) {
            fail(cause);
            return;
        }
        LOG.debug("{}: a connection was lost", part, cause);
        lost.add(cause, queue.progress(), inFile);
    }

    private void fail(Throwable cause) {
        queue.fail(cause instanceof Exception e ? e : new IOException(cause.toString(), cause));
        writing.forEach(SftpSession::close);
    }

    /** The work of one connection. */
    private final class Sending implements ThrowingFunction<SftpSession, Boolean, IOException> {
        private final boolean alone;
        private Optional<Lane> place = Optional.empty();
        private boolean opened;
        private boolean done;

        Sending(boolean alone) {
            this.alone = alone;
        }

        @Override
        public Boolean apply(SftpSession remote) throws IOException {
            place = queue.join();
            if (place.isEmpty()) {
                return false;
            }
            starting.decrementAndGet();
            writing.add(remote);
            try {
                write(remote, place.get());
                done = true;
                return true;
            } catch (SftpStatusException e) {
                throw e;
            } catch (IOException e) {
                throw new SftpStatusException(SftpStatusException.CONNECTION_LOST, e.toString(), e);
            } finally {
                writing.remove(remote);
                if (!alone || !done) {
                    // Replies may still be outstanding, and the job's connection limit must hold.
                    remote.close();
                }
            }
        }

        private void write(SftpSession remote, Lane lane) throws IOException {
            boolean there = queue.isCreated();
            PositionedWrite file = (there ? remote.segments(part) : remote.create(part, mode))
                    .telling((offset, length) -> {
                        queue.confirm(lane, offset, length);
                        continuation.confirmed(queue.confirmed().end());
                    });
            opened = true;
            queue.created();
            try {
                write(file, lane);
            } finally {
                // What the server has confirmed before the connection was lost is not sent again.
                file.takeWhatCame();
            }
        }

        private void write(PositionedWrite file, Lane lane) throws IOException {
            while (true) {
                Optional<Piece> piece = file.isQuiet() ? queue.take(lane) : queue.poll(lane);
                if (piece.isPresent()) {
                    file.write(
                            piece.get().offset(),
                            piece.get().bytes(),
                            piece.get().length());
                } else if (file.isQuiet()) {
                    file.finish();
                    return;
                } else {
                    file.awaitOne();
                }
            }
        }
    }
}
