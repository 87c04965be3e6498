package dev.offsite.sftp.login;

import dev.offsite.cluster.Leases;
import dev.offsite.io.Activity;
import dev.offsite.job.Target;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.camel.util.function.ThrowingSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one server that are open at a time: those of the pool, of camel-ftp and of camel-ssh together. They log
 * in one after the other, since servers count who has not logged in yet. A login that is refused while others are open shows
 * how many the server takes: work goes on with these. Fewer may be allowed by {@code max-connections}, of all nodes together
 * where there are several: then each needs a lease.
 */
public final class Places {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** More than one login may take, times those that may wait. */
    private static final Duration TURN = Duration.ofMinutes(10);

    /** How long a server may count a connection that is closed. */
    private static final Duration NOTICED = Duration.ofSeconds(3);

    /** Between logins while that may be so. */
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final String server;
    private final KnownPlaces memory;
    private final LoginPatience patience;
    private final Semaphore turns = new Semaphore(1, true);
    private final List<Open> open = new ArrayList<>();
    private final List<BooleanSupplier> idle = new CopyOnWriteArrayList<>();
    private final HeldLeases leases;
    private int limit;
    /** What {@code max-connections} says. */
    private int allowed = Integer.MAX_VALUE;
    /** Whether the limit was met in this process, and nothing has worked since. */
    private boolean unproven;
    /** How many wait for a place that they cannot share. */
    private int waiting;
    /** How many wait for any place. */
    private int seeking;

    private boolean hasClosed;
    private long closedAt;
    private long notBefore = System.nanoTime();

    /**
     * @param server host and port, as they are shown
     * @param leases what all nodes share; empty for a single machine
     */
    public Places(String server, KnownPlaces memory, Optional<Leases> leases) {
        this.server = server;
        this.memory = memory;
        this.patience = new LoginPatience(server);
        this.leases = new HeldLeases(server, leases, this);
        this.limit = memory.of(server).orElse(Integer.MAX_VALUE);
    }

    /** Registers who can close an idle connection: true if it has closed one. */
    public void addIdle(BooleanSupplier closeOne) {
        idle.add(closeOne);
    }

    /** Allows that many connections, of all nodes together; the smallest number counts. */
    public synchronized void allow(int most) {
        allowed = Math.min(allowed, most);
        limit = Math.min(limit, allowed);
        leases.limit(allowed);
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
        return hasRoom() && leases.isFree();
    }

    /** Whether another connection may be tried; closes one that is idle for it. */
    public boolean makeFree() {
        return isFree() || closeIdle();
    }

    /** Whether the server, and {@code max-connections}, let this node have another one. */
    synchronized boolean hasRoom() {
        return count() < limit && System.nanoTime() - notBefore >= 0;
    }

    /** How often a login to this server is repeated. */
    public LoginPatience patience() {
        return patience;
    }

    /** How many more connections may be tried. */
    public synchronized int free() {
        if (!isLimited()) {
            return Integer.MAX_VALUE;
        }
        return leases.mayAsk() ? Math.max(0, limit - count()) : 0;
    }

    /** Whether a connection that becomes idle is of use elsewhere. */
    public synchronized boolean isWanted() {
        return (waiting > 0 && (count() >= limit || !leases.isFree())) || leases.isTooMany();
    }

    /** Whether another node waits for a connection, so that work here goes on with one. */
    public synchronized boolean isWantedElsewhere() {
        return leases.isWanted();
    }

    /** How many are open. */
    synchronized int count() {
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
                leases.end();
                patience.worked();
            }
            close();
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                synchronized (Places.this) {
                    leases.end();
                }
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
        boolean begun = false;
        try {
            begun = leases.begin() || (needed && closeIdle() && leases.begin());
        } finally {
            if (!begun) {
                turns.release();
            }
        }
        if (!begun) {
            throw full(null);
        }
        return new Turn();
    }

    /** Also waits for a place: whoever has one idle gives it up. */
    public Turn turn(Activity activity) throws IOException {
        synchronized (this) {
            waiting++;
            seeking++;
        }
        try {
            while (true) {
                activity.await(this, this::makeFree, why());
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
                seeking--;
            }
        }
    }

    /** Runs {@code work}, which waits until {@link #isFree} or for something else here, and calls {@link #turn(boolean)}. */
    public <T> T seek(ThrowingSupplier<T, IOException> work) throws IOException {
        synchronized (this) {
            seeking++;
        }
        try {
            return work.get();
        } finally {
            synchronized (this) {
                seeking--;
            }
        }
    }

    /** What is waited for: the end of "nothing moved while …". */
    public synchronized String why() {
        return isAllowedLess()
                ? "all of the %d connections to %s that max-connections allows were in use".formatted(limit, server)
                : "other connections to the server were in use";
    }

    private synchronized boolean isAllowedLess() {
        return allowed == limit && isLimited();
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

    boolean closeIdle() {
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
                isAllowedLess()
                        ? why()
                        : "the server takes only %d connections at a time, and they are in use".formatted(limit()),
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
    public void changed() {
        leases.giveBack();
        synchronized (this) {
            notifyAll();
        }
    }

    /** To be called every second or so where nodes share the server: see {@link HeldLeases#look}. */
    public void look() {
        leases.look();
        changed();
    }

    /** Whether somebody here waits for a connection. */
    synchronized boolean isSought() {
        return seeking > 0;
    }
}
