package dev.offsite.ship;

import java.io.File;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Tracks how many polled files of a run are in flight. A poll takes a bounded number of files, since the consumer keeps
 * them in memory; when half of them are done, the next poll starts. The run is done when no poll is running or due and
 * every file is done.
 */
public final class PollWindow {

    private final Runnable pollAgain;
    private final Runnable whenDone;
    private final Set<String> taken = new HashSet<>();
    private int files;
    private int most;
    private boolean polling = true;
    private boolean more;
    private boolean missed;
    private boolean asked;
    private boolean closed;
    private boolean done;

    /**
     * Begins with the first poll running.
     *
     * @param pollAgain makes the consumer poll in another thread; that poll calls {@link #begin}
     * @param whenDone called once
     */
    PollWindow(Runnable pollAgain, Runnable whenDone) {
        this.pollAgain = pollAgain;
        this.whenDone = whenDone;
    }

    /** Whether another poll may start for this run. If so, it counts as running. */
    public synchronized boolean begin() {
        if (polling || !isTimeForMore()) {
            return false;
        }
        polling = true;
        asked = false;
        return true;
    }

    /**
     * Ends a poll.
     *
     * @param full whether it reached its limit, so that there may be more files
     * @param limit of the next poll, 0 for none; it starts when half as many files are in flight
     */
    public void polled(boolean full, int limit) {
        goOnAfter(() -> {
            polling = false;
            most = limit > 0 ? limit : Integer.MAX_VALUE;
            more = !closed && (full || missed);
            missed = false;
        });
    }

    public synchronized boolean isPolling() {
        return polling;
    }

    /** Allows no more polls. */
    synchronized void close() {
        closed = true;
        // The run is not done yet: the file that found the failure is still in flight.
        more = false;
    }

    synchronized void take(File file) {
        files++;
        taken.add(file.getPath());
    }

    /** A file of the current poll was not taken, since another node has it: there may be others beyond those of this poll. */
    synchronized void missed() {
        missed = true;
    }

    /** Ends a file of this run; unless committed to the ledger, this run does not take it again. */
    void done(File file, boolean committed) {
        goOnAfter(() -> {
            files--;
            if (committed) {
                taken.remove(file.getPath());
            }
        });
    }

    /** Whether the file is in flight in this run or has failed. */
    public synchronized boolean has(File file) {
        return taken.contains(file.getPath());
    }

    /** Whether at most {@code waiting} files are in flight and no poll is running. */
    public synchronized boolean isDownTo(int waiting) {
        return !polling && files <= waiting;
    }

    private void goOnAfter(Runnable change) {
        Optional<Runnable> next;
        synchronized (this) {
            change.run();
            next = next();
        }
        next.ifPresent(Runnable::run);
    }

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

    /** Polls early, so that uploads continue meanwhile. */
    private boolean isTimeForMore() {
        return more && files <= most / 2;
    }
}
