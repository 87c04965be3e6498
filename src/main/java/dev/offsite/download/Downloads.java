package dev.offsite.download;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.io.RetryPauses;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import java.io.IOException;
import java.util.Collection;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads files of one target: small ones many at a time, large ones over several connections, each byte once. A connection
 * that breaks is made again, as long as anything moves.
 */
public final class Downloads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);

    /** Bytes that a connection takes at a time: large enough that most files are read over one. */
    private static final int STRETCH = 1 << 20;

    /** The same under a bandwidth limit, which counts them when they are asked for. */
    private static final int LIMITED_STRETCH = 64 << 10;

    /** Without anything moving: half a minute in all. */
    private static final int ATTEMPTS = 6;

    private static final int ENDED = -1;

    private final SftpSessionPool sessions;
    private final Throttle throttle;
    private final int parallel;
    private final DownloadQueue queue;
    private final Set<SftpSession> inUse = ConcurrentHashMap.newKeySet();
    /** Connections are made again one after another. */
    private final ReentrantLock again = new ReentrantLock();

    private int lanes;

    /** {@code parallel}: the most connections */
    public Downloads(TargetConnection connection, int parallel) {
        this.sessions = connection.sessions();
        this.throttle = connection.throttle();
        this.parallel = parallel;
        this.queue = new DownloadQueue(connection.activity(), throttle.limits() ? LIMITED_STRETCH : STRETCH);
    }

    /** Downloads these files; returns when each is here or has failed. */
    public static void all(TargetConnection connection, int parallel, Collection<? extends Incoming> files)
            throws IOException {
        if (files.isEmpty()) {
            return;
        }
        try (Downloads downloads = new Downloads(connection, parallel)) {
            files.forEach(downloads.queue::add);
            downloads.queue.close();
            downloads.arrange();
            downloads.queue.await();
        }
    }

    /** Adds a file, and returns at once. */
    public void add(Incoming file) {
        queue.add(file);
        arrange();
    }

    private synchronized void arrange() {
        int wanted = DownloadPlan.lanes(queue.bytes(), queue.unfinished(), sessions.linkSoFar(), parallel);
        while (lanes < wanted) {
            boolean first = lanes++ == 0;
            Thread lane = new Thread(() -> lane(first), "offsite-download");
            lane.setDaemon(true);
            lane.start();
        }
    }

    private void lane(boolean first) {
        try {
            RetryPauses pauses = new RetryPauses(new Random());
            for (int failures = 0; failures >= 0; ) {
                failures = download(first, failures, pauses);
            }
        } catch (Exception | Error e) {
            stop(e instanceof Exception known ? known : new IOException(e.toString(), e));
        }
    }

    /**
     * Downloads over a connection, and waits after a failure.
     *
     * @param failures how often that failed before, without anything moving
     * @return how often it has failed now; negative if the lane has ended
     */
    private int download(boolean first, int failures, RetryPauses pauses) throws IOException, InterruptedException {
        long before = queue.moved();
        try {
            if (first) {
                sessions.callForMany(this::download);
            } else {
                sessions.callIfFree(this::download);
            }
            return ENDED;
        } catch (IOException e) {
            LOG.debug("a connection for downloads is over", e);
            boolean moved = queue.moved() != before;
            if (moved) {
                pauses.reset();
            } else if (failures == 0 && !first) {
                // The server may allow no more of them.
                return ENDED;
            } else if (failures == 0 && !FailureMessages.lost(e)) {
                throw e;
            }
            int now = moved ? 1 : failures + 1;
            if (now > ATTEMPTS && first) {
                throw e;
            }
            if (now > ATTEMPTS) {
                return ENDED;
            }
            again.lockInterruptibly();
            try {
                TimeUnit.NANOSECONDS.sleep(pauses.next().toNanos());
            } finally {
                again.unlock();
            }
            return now;
        }
    }

    /** Returns when nothing is left to do. */
    private long download(SftpSession remote) throws IOException {
        inUse.add(remote);
        try {
            DownloadLane.run(queue, remote, sessions.linkSoFar().roundTrip(), throttle);
            return queue.moved();
        } finally {
            inUse.remove(remote);
        }
    }

    private void stop(Exception cause) {
        queue.stop(cause);
        inUse.forEach(SftpSession::close);
    }

    /** Ends what is under way. */
    @Override
    public void close() {
        queue.close();
        if (queue.unfinished() > 0) {
            stop(new IOException("it was ended before the file was here"));
        }
    }
}
