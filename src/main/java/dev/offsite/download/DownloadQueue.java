package dev.offsite.download;

import dev.offsite.download.Arriving.Piece;
import dev.offsite.download.Arriving.Stretch;
import dev.offsite.io.Activity;
import dev.offsite.sftp.RemoteFile;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The files to download, in order, for connections that each take the next bytes to ask for and hand over what comes. Bytes
 * reach each file in their order, and at most so many are under way that they fit into memory.
 */
final class DownloadQueue {

    /** Bytes that were taken by a connection and have not been written. */
    static final int MOST = 24 << 20;

    private static final String WHAT = "files were downloaded";

    private final Activity activity;
    private final int stretch;
    private final Unfinished unfinished = new Unfinished();
    private final Deque<Arriving> begun = new ArrayDeque<>();
    private final Deque<Stretch> givenBack = new ArrayDeque<>();
    private long bytes;
    private long arrived;
    private int beginning;
    private long reserved;
    private long moved;
    private Exception stopped;

    /** {@code stretch}: how many bytes a connection takes at a time */
    DownloadQueue(Activity activity, int stretch) {
        this.activity = activity;
        this.stretch = stretch;
    }

    void add(Incoming file) {
        Exception cause;
        synchronized (this) {
            cause = stopped;
            if (cause == null) {
                unfinished.add(new Arriving(file));
                bytes += Math.max(0, file.size());
                notifyAll();
            }
        }
        if (cause != null) {
            file.fail(cause);
        }
    }

    /** Adds all files of a list; each is made when it is its turn. {@code bytes}: of all, as far as known */
    synchronized void addAll(Iterator<? extends Incoming> files, int count, long some) {
        unfinished.addAll(files, count);
        bytes += some;
        notifyAll();
    }

    /** Bytes and files that were added so far. */
    synchronized long bytes() {
        return bytes;
    }

    /** Bytes that have come. */
    synchronized long arrived() {
        return arrived;
    }

    synchronized int unfinished() {
        return unfinished.count();
    }

    /** Grows whenever something arrives. */
    synchronized long moved() {
        return moved;
    }

    /**
     * The next bytes to ask for; empty if there are none now.
     *
     * @param patiently whether to wait for some as long as any are left: what is under way must be written first
     */
    Optional<Stretch> take(boolean patiently) throws IOException {
        while (true) {
            Arriving first;
            synchronized (this) {
                Optional<Stretch> next = next();
                if (next.isPresent() || stopped != null) {
                    return next;
                }
                first = reserved < MOST ? unfinished.next() : null;
                if (first == null && !(patiently && isAnyLeft())) {
                    return Optional.empty();
                }
                if (first == null) {
                    activity.await(this, () -> stopped != null || hasNext() || !isAnyLeft(), WHAT);
                    continue;
                }
                first.busy = true;
                beginning++;
            }
            Optional<Stretch> look = begin(first);
            if (look.isPresent()) {
                return look;
            }
        }
    }

    /** Whether anything is left that no connection has taken. */
    synchronized boolean isAnyLeft() {
        return stopped == null
                && (beginning > 0
                        || unfinished.hasNext()
                        || !givenBack.isEmpty()
                        || begun.stream().anyMatch(Arriving::hasMore));
    }

    private boolean hasNext() {
        return !givenBack.isEmpty() || (reserved < MOST && (!begun.isEmpty() || unfinished.hasNext()));
    }

    private Optional<Stretch> next() {
        for (Stretch next = givenBack.poll(); next != null; next = givenBack.poll()) {
            if (!next.file().isEnded()) {
                return Optional.of(next);
            }
            reserved -= next.length();
        }
        while (!begun.isEmpty() && !begun.peek().hasMore()) {
            begun.remove();
        }
        if (begun.isEmpty() || reserved >= MOST) {
            return Optional.empty();
        }
        Stretch next = begun.peek().next(stretch);
        reserved += next.length();
        return Optional.of(next);
    }

    /** Begins a file; if nothing is to be asked for, or nobody knows how much, it is only looked at. */
    private Optional<Stretch> begin(Arriving file) {
        try {
            long here = file.to.begin();
            boolean more;
            synchronized (this) {
                file.busy = false;
                beginning--;
                file.begin(here);
                more = file.hasMore();
                if (more) {
                    begun.add(file);
                }
                notifyAll();
            }
            settle(file);
            return more ? Optional.empty() : Optional.of(new Stretch(file, here, 0));
        } catch (Exception e) {
            synchronized (this) {
                beginning--;
                notifyAll();
            }
            failed(file, e);
            return Optional.empty();
        }
    }

    /** Gives back what will not come over a connection that was lost. */
    synchronized void giveBack(List<Stretch> stretches) {
        givenBack.addAll(stretches);
        notifyAll();
    }

    /** What lies on the server in the place of a file. */
    void look(Arriving file, RemoteFile there) {
        try {
            synchronized (this) {
                if (file.isEnded()) {
                    return;
                }
                boolean known = file.isSizeKnown();
                file.look(there);
                if (!known && file.hasMore()) {
                    begun.add(file);
                    notifyAll();
                }
            }
        } catch (Exception e) {
            fail(file, e);
            return;
        }
        write(file);
    }

    void arrived(Arriving file, long offset, Piece some) {
        synchronized (this) {
            moved++;
            arrived += some.bytes().remaining();
            if (file.isEnded()) {
                release(some.bytes().remaining());
                return;
            }
            file.arrived(offset, some);
        }
        write(file);
    }

    /** Bytes that a connection took will not come, and are not needed. */
    synchronized void release(long some) {
        reserved -= some;
        notifyAll();
    }

    /** Writes what is next, unless another thread is at it. */
    private void write(Arriving file) {
        synchronized (this) {
            if (file.busy || file.isEnded() || file.failure != null) {
                return;
            }
            file.busy = true;
        }
        try {
            for (Piece next = next(file); next != null; next = next(file)) {
                int length = next.bytes().remaining();
                file.to.write(next.bytes());
                if (length > Incoming.KEPT) {
                    next.reuse().accept(next.bytes());
                }
                synchronized (this) {
                    file.written(length);
                    release(length);
                }
            }
        } catch (Exception e) {
            failed(file, e);
        }
    }

    /** The bytes to be written next. If there are none, the thread is no longer at work with the file. */
    private Piece next(Arriving file) throws Exception {
        boolean whole;
        synchronized (this) {
            Piece next = file.failure == null ? file.takeNext() : null;
            if (next != null) {
                return next;
            }
            whole = file.failure == null && file.isWhole();
            if (!whole) {
                file.busy = false;
            }
        }
        if (whole) {
            end(file);
        } else {
            settle(file);
        }
        return null;
    }

    private void end(Arriving file) throws Exception {
        boolean done = file.to.end();
        synchronized (this) {
            moved++;
            file.busy = false;
            if (done) {
                finish(file);
            } else {
                file.begin(0);
                unfinished.addAgain(file);
                notifyAll();
            }
        }
        settle(file);
    }

    private synchronized void finish(Arriving file) {
        release(file.end());
        unfinished.remove(file);
        begun.remove(file);
        notifyAll();
    }

    /** A file failed in this thread, which is at work with it. */
    private void failed(Arriving file, Exception cause) {
        synchronized (this) {
            file.busy = false;
            file.failure = file.failure == null ? cause : file.failure;
        }
        settle(file);
    }

    /** Ends a file that failed; its thread does that, if one is at work with it. */
    void fail(Arriving file, Exception cause) {
        synchronized (this) {
            if (file.isEnded()) {
                return;
            }
            if (file.failure == null) {
                file.failure = cause;
            }
        }
        settle(file);
    }

    private void settle(Arriving file) {
        Exception cause;
        synchronized (this) {
            cause = file.failure;
            if (cause == null || file.busy || file.isEnded()) {
                return;
            }
            release(file.end());
        }
        try {
            file.to.fail(cause);
        } finally {
            // Not before: whoever waits for all of them must know of it.
            finish(file);
        }
    }

    /** Ends everything: all files that are not here fail with this cause. */
    void stop(Exception cause) {
        Collection<Arriving> left;
        synchronized (this) {
            stopped = stopped == null ? cause : stopped;
            left = unfinished.all();
            notifyAll();
        }
        left.forEach(file -> fail(file, stopped));
    }

    /** Waits, but not when nothing is left to wait for. */
    synchronized void pause(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        activity.await(this, () -> unfinished.count() == 0 || stopped != null || System.nanoTime() >= end, WHAT);
    }

    /** Waits until all files are here or have failed. */
    void await() throws IOException {
        activity.await(this, () -> unfinished.count() == 0, WHAT);
    }
}
