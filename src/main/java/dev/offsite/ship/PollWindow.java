package dev.offsite.ship;

import java.io.File;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * How far a run has come with taking in files. The consumer hands over a bounded number in a poll, for it holds all of them in
 * memory; when few of those are left, and there may be more, it is to poll again. The run is done when no poll is under
 * way or to come and every file is done.
 */
public final class PollWindow {

    private final Runnable pollAgain;
    private final Runnable whenDone;
    private final Set<String> taken = new HashSet<>();
    private int files;
    private int most;
    private boolean polling = true;
    private boolean more;
    private boolean asked;
    private boolean closed;
    private boolean done;

    /**
     * One whose first poll is under way.
     *
     * @param pollAgain has the consumer poll, in another thread; that poll begins with {@link #begin}
     * @param whenDone called once
     */
    PollWindow(Runnable pollAgain, Runnable whenDone) {
        this.pollAgain = pollAgain;
        this.whenDone = whenDone;
    }

    /** Whether another poll may begin now, for this run; it is under way then. */
    public synchronized boolean begin() {
        if (polling || !isTimeForMore()) {
            return false;
        }
        polling = true;
        asked = false;
        return true;
    }

    /**
     * A poll has handed over its last file.
     *
     * @param full whether it had as many as it may have: then there may be more
     * @param limit how many the next may have, 0 for any number; it begins when half as many are on their way
     */
    public void polled(boolean full, int limit) {
        Optional<Runnable> next;
        synchronized (this) {
            polling = false;
            most = limit > 0 ? limit : Integer.MAX_VALUE;
            more = !closed && full;
            next = next();
        }
        next.ifPresent(Runnable::run);
    }

    /** No other poll is worth while. */
    synchronized void close() {
        closed = true;
        // Not the end: the file that found this out is still on its way.
        more = false;
    }

    /** A file of this run begins. */
    synchronized void take(File file) {
        files++;
        taken.add(file.getPath());
    }

    /**
     * A file of this run is done.
     *
     * @param committed whether the ledger has it; otherwise it is not taken in again by this run
     */
    void done(File file, boolean committed) {
        Optional<Runnable> next;
        synchronized (this) {
            files--;
            if (committed) {
                taken.remove(file.getPath());
            }
            next = next();
        }
        next.ifPresent(Runnable::run);
    }

    /** Whether this run has it: on its way or failed. */
    public synchronized boolean has(File file) {
        return taken.contains(file.getPath());
    }

    /** Whether that many are all that are on their way, and no poll brings another just now. */
    synchronized boolean isDownTo(int waiting) {
        return !polling && files <= waiting;
    }

    /** What is to be done now, outside of the lock. */
    private Optional<Runnable> next() {
        if (polling || done) {
            return Optional.empty();
        }
        if (more) {
            if (asked || !isTimeForMore()) {
                return Optional.empty();
            }
            asked = true;
            return Optional.of(pollAgain);
        }
        done = files == 0;
        return done ? Optional.of(whenDone) : Optional.empty();
    }

    /** While the rest of them is under way, the next ones are looked for. */
    private boolean isTimeForMore() {
        return more && files <= most / 2;
    }
}
