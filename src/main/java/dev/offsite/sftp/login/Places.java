package dev.offsite.sftp.login;

import dev.offsite.io.Activity;
import dev.offsite.job.Target;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.camel.util.function.ThrowingSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one server that are open at a time: those of the pool, of camel-ftp and of camel-ssh together. They log
 * in one after the other, since servers count who has not logged in yet. A login that is refused while others are open shows
 * how many the server takes: work goes on with these.
 */
public final class Places {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** More than one login may take, times those that may wait. */
    private static final Duration TURN = Duration.ofMinutes(10);

    private static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(3));

    /** For a server that is busy, and slow to notice that a session has ended (MySecureShell). */
    private static final Duration LAST_PAUSE = Duration.ofSeconds(6);

    /** How long a server may count a connection that is closed. */
    private static final Duration NOTICED = Duration.ofSeconds(3);

    /** Between logins while that may be so. */
    private static final Duration PAUSE = Duration.ofMillis(300);

    private static final String WHAT = "other connections to the server were in use";

    private final String server;
    private final KnownPlaces memory;
    private final Semaphore turns = new Semaphore(1, true);
    private final List<Open> open = new ArrayList<>();
    private final List<BooleanSupplier> idle = new CopyOnWriteArrayList<>();
    private int limit;
    /** Whether the limit was met in this process, and nothing has worked since. */
    private boolean unproven;
    /** How many wait for a place that they cannot share. */
    private int waiting;

    private boolean hasClosed;
    private long closedAt;
    private long notBefore = System.nanoTime();

    /** How often a login may still be repeated until one succeeds. */
    private int again;

    /** {@code server}: host and port, as they are shown */
    public Places(String server, KnownPlaces memory) {
        this.server = server;
        this.memory = memory;
        this.limit = memory.of(server).orElse(Integer.MAX_VALUE);
    }

    /** Registers who can close an idle connection: true if it has closed one. */
    public void addIdle(BooleanSupplier closeOne) {
        idle.add(closeOne);
    }

    /** How many connections the server takes, as far as is known. */
    public synchronized int limit() {
        return limit;
    }

    /** Whether the server has refused a connection while others were open. */
    public synchronized boolean isLimited() {
        return limit < Integer.MAX_VALUE;
    }

    /** Whether another connection may be tried. */
    public synchronized boolean isFree() {
        return count() < limit && System.nanoTime() - notBefore >= 0;
    }

    /** A server that has let us in may need a moment to notice that another connection was closed, ours or somebody else's. */
    public <T> T patiently(ThrowingSupplier<T, SshException> login) throws SshException {
        for (Duration pause : PAUSES) {
            try {
                return login.get();
            } catch (SshException e) {
                // One that let us in may not have noticed yet that the last connection of another run was closed.
                boolean letIn = e.reason() == SshException.Reason.ENDED;
                if (!e.mayPass() || !(mayTryAgain() || letIn)) {
                    throw e;
                }
                LOG.debug("{} takes no connection now", server, e);
                LockSupport.parkNanos(pause.toNanos());
            }
        }
        try {
            return login.get();
        } catch (SshException e) {
            if (e.reason() != SshException.Reason.ENDED) {
                throw e;
            }
            LockSupport.parkNanos(LAST_PAUSE.toNanos());
            return login.get();
        }
    }

    /** How many more connections may be tried. */
    public synchronized int free() {
        return isLimited() ? Math.max(0, limit - count()) : Integer.MAX_VALUE;
    }

    /** Whether a connection that becomes idle is of use elsewhere. */
    public synchronized boolean isWanted() {
        return waiting > 0 && count() >= limit;
    }

    /** Whether a login that was refused for no reason may be repeated: something has logged in, and it was not repeated often. */
    public synchronized boolean mayTryAgain() {
        boolean may = again > 0;
        again--;
        return may;
    }

    private int count() {
        if (open.removeIf(one -> !one.isOpen().getAsBoolean())) {
            closedAt = System.nanoTime();
            hasClosed = true;
        }
        return open.size();
    }

    private boolean closedJustNow() {
        return hasClosed && System.nanoTime() - closedAt < NOTICED.toNanos();
    }

    /** A connection, and who has logged in. */
    private record Open(Target login, BooleanSupplier isOpen) {}

    /** One login. It must be closed; then the next one begins. */
    public final class Turn implements AutoCloseable {
        private boolean ended;

        /** The login succeeded. {@code isOpen} tells how long the connection lasts. */
        public void opened(Target login, BooleanSupplier isOpen) {
            synchronized (Places.this) {
                open.add(new Open(login, isOpen));
                again = PAUSES.size();
            }
            close();
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                turns.release();
                changed();
            }
        }
    }

    /**
     * Waits for others to log in. Fails with {@link SshException.Reason#NO_PLACE} if the server takes no more connections.
     *
     * @param needed whether an idle connection is closed for it
     */
    public Turn turn(boolean needed) throws SshException {
        acquire();
        if (isFree() || (needed && closeIdle() && isFree())) {
            return new Turn();
        }
        turns.release();
        throw full(null);
    }

    /** Also waits for a place: whoever has one idle gives it up. */
    public Turn turn(Activity activity) throws IOException {
        synchronized (this) {
            waiting++;
        }
        try {
            while (true) {
                activity.await(this, () -> isFree() || closeIdle(), WHAT);
                try {
                    return turn(true);
                } catch (SshException e) {
                    if (e.reason() != SshException.Reason.NO_PLACE) {
                        throw e;
                    }
                    // Another was quicker.
                }
            }
        } finally {
            synchronized (this) {
                waiting--;
            }
        }
    }

    private void acquire() throws SshException {
        try {
            if (!turns.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SshException(
                        SshException.Reason.TIMEOUT, "other logins did not end within %s".formatted(TURN), null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SshException(SshException.Reason.OTHER, "interrupted", new InterruptedIOException("interrupted"));
        }
    }

    private boolean closeIdle() {
        return idle.stream().anyMatch(BooleanSupplier::getAsBoolean);
    }

    /**
     * Explains a failed login or session: if others are open, the server takes no more than these.
     *
     * @return what to fail with
     */
    public SshException refused(Target login, SshException failure) {
        synchronized (this) {
            int others = count();
            boolean letIn = open.stream().anyMatch(one -> one.login().equals(login));
            if (!(letIn ? failure.mayBeForLackOfPlaces() : failure.mayPass())) {
                return failure;
            }
            if (others < limit && isLimited() && closedJustNow()) {
                // It may still count one that we have closed.
                notBefore = System.nanoTime() + PAUSE.toNanos();
                return full(failure.getCause());
            }
            if (others == 0) {
                return failure;
            }
            unproven |= others < limit;
            limit = Math.min(limit, others);
        }
        LOG.debug("{} refuses one more connection", server, failure);
        changed();
        // Without this failure as a cause: Camel's helpers would find it, and not the limit.
        return full(failure.getCause());
    }

    private SshException full(Throwable cause) {
        return new SshException(
                SshException.Reason.NO_PLACE,
                "the server takes only %d connections at a time, and they are in use".formatted(limit()),
                cause);
    }

    /** A connection still works, so what was refused before was one too many. */
    public void works() {
        int known;
        synchronized (this) {
            if (!unproven || count() == 0) {
                return;
            }
            unproven = false;
            known = limit;
        }
        LOG.warn(
                "{} takes only {} of our connections at a time: going on with {}; parallel={} stops trying for more",
                server,
                known,
                known,
                known);
        memory.remember(server, known);
    }

    /** Something was closed. */
    public synchronized void changed() {
        notifyAll();
    }
}
