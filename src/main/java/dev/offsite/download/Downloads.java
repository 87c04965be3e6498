package dev.offsite.download;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.io.Activity;
import dev.offsite.io.RetryPauses;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.TargetConnection;
import dev.offsite.sftp.UsefulConnections;
import dev.offsite.sftp.pipeline.SftpPipeline;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads files of one target: small ones many at a time, large ones over several connections, each byte once. A connection
 * that breaks is made again, as long as anything moves.
 */
public final class Downloads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);

    /** Bytes that a connection takes at a time: large enough that most files are read over one. */
    private static final int STRETCH = 4 * SftpPipeline.MOST_OF_REPLY;

    /** The same under a bandwidth limit, which counts them when they are asked for. */
    private static final int LIMITED_STRETCH = 64 << 10;

    /** How often the number of connections is looked at. */
    private static final Duration LOOK = Duration.ofMillis(50);

    /** Without anything moving: half a minute in all. */
    private static final int ATTEMPTS = 6;

    private final SftpSessionPool sessions;
    private final Throttle throttle;
    private final DownloadQueue queue;
    private final Set<SftpSession> inUse = ConcurrentHashMap.newKeySet();
    /** Held while a connection waits to be made again: they come one after another. */
    private final Object again = new Object();

    private final AtomicLong arranged = new AtomicLong(System.nanoTime());
    private final Activity activity;
    private final UsefulConnections useful = new UsefulConnections(1, System.nanoTime());
    private final int processors = Runtime.getRuntime().availableProcessors();
    private int most;
    private int lanes;

    /** {@code parallel}: the most connections */
    public Downloads(TargetConnection connection, int parallel) {
        this.sessions = connection.sessions();
        this.throttle = connection.throttle();
        this.activity = connection.activity();
        this.most = parallel;
        this.queue = new DownloadQueue(connection.activity(), throttle.limits() ? LIMITED_STRETCH : STRETCH);
    }

    /** Downloads these files; returns when each is here or has failed. */
    public static void all(TargetConnection connection, int parallel, Collection<? extends Incoming> files)
            throws IOException {
        all(connection, parallel, files, Incoming::size, file -> file);
    }

    /**
     * Downloads what these are; returns when each is here or has failed.
     *
     * @param size its bytes; negative if unknown
     * @param download is called for each when it is its turn
     */
    public static <T> void all(
            TargetConnection connection,
            int parallel,
            Collection<T> files,
            ToLongFunction<T> size,
            Function<T, ? extends Incoming> download)
            throws IOException {
        long bytes = files.stream().mapToLong(size).filter(known -> known > 0).sum();
        try (Downloads downloads = new Downloads(connection, parallel)) {
            downloads.queue.addAll(files.stream().map(download).iterator(), files.size(), bytes);
            downloads.arrange();
            downloads.queue.await();
        }
    }

    /** On a long link, logs in a second time while it is still being looked up what to download. */
    public static void expect(TargetConnection connection, int parallel, Executor threads) {
        if (parallel > 1) {
            connection.sessions().expect(link -> link.isLong() ? 1 : 0, threads);
        }
    }

    /** Adds a file, and returns at once. */
    public void add(Incoming file) {
        queue.add(file);
        arrange();
    }

    /** Starts the connections that are worth their logins. */
    private synchronized void arrange() {
        DownloadPlan plan = DownloadPlan.of(queue.bytes(), queue.unfinished(), sessions.linkSoFar(), most, processors);
        long arrived = queue.arrived();
        int worth = useful.wanted(plan.most(), arrived, queue.bytes() - arrived, inUse.size(), System.nanoTime());
        int wanted = Math.max(plan.first(), worth);
        while (lanes < wanted && queue.isAnyLeft()) {
            boolean first = lanes++ == 0;
            Thread lane = new Thread(() -> run(first), "offsite-download");
            lane.setDaemon(true);
            lane.start();
        }
    }

    private void run(boolean first) {
        boolean all = false;
        try {
            all = lane(first);
        } catch (Exception | Error e) {
            stop(e instanceof Exception known ? known : new IOException(e.toString(), e));
        }
        synchronized (this) {
            lanes--;
            if (!all && !first) {
                // The server may allow no more of them.
                most = Math.max(1, lanes);
            }
            notifyAll();
        }
        // Something may have been added when it had just looked.
        arrange();
    }

    /** Downloads over one connection at a time, until nothing is left; returns false if it ended without that. */
    private boolean lane(boolean first) throws IOException {
        RetryPauses pauses = new RetryPauses(new Random());
        for (int failures = 0; ; ) {
            long before = queue.moved();
            AtomicBoolean moved = new AtomicBoolean();
            try {
                if (first) {
                    sessions.callForMany(remote -> download(remote, moved));
                    return true;
                }
                return sessions.callIfFree(remote -> download(remote, moved)).isPresent();
            } catch (IOException e) {
                LOG.debug("a connection for downloads is over", e);
                boolean neverWorked = failures == 0 && !moved.get() && !(first && FailureMessages.lost(e));
                // The first one gives up when nothing moves on any connection.
                boolean goesOn = moved.get() || (first && queue.moved() != before);
                failures = goesOn ? 1 : failures + 1;
                if (neverWorked || failures > ATTEMPTS) {
                    return ended(first, e);
                }
                if (moved.get()) {
                    pauses.reset();
                }
            }
            synchronized (again) {
                queue.pause(pauses.next());
            }
        }
    }

    /** The others may go on without one that is not the first. */
    private static boolean ended(boolean first, IOException cause) throws IOException {
        if (first) {
            throw cause;
        }
        return false;
    }

    /** Returns when nothing is left to do. */
    private boolean download(SftpSession remote, AtomicBoolean moved) throws IOException {
        inUse.add(remote);
        try {
            DownloadLane.run(queue, remote.channel(), sessions.linkSoFar().roundTrip(), throttle, () -> moved(moved));
            return true;
        } finally {
            inUse.remove(remote);
        }
    }

    private void moved(AtomicBoolean moved) {
        moved.set(true);
        long now = System.nanoTime();
        long last = arranged.get();
        if (now - last >= LOOK.toNanos() && arranged.compareAndSet(last, now)) {
            arrange();
        }
    }

    private void stop(Exception cause) {
        queue.stop(cause);
        inUse.forEach(SftpSession::close);
    }

    /** Ends what is under way; returns when no connection is in use any more. */
    @Override
    public void close() {
        if (queue.unfinished() > 0) {
            stop(new InterruptedIOException("it was ended before the file was here"));
        }
        try {
            activity.await(this, () -> lanes == 0, "connections were given back");
        } catch (IOException e) {
            LOG.debug("a connection for downloads does not end", e);
        }
    }
}
