package dev.offsite.sftp.login;

import dev.offsite.cluster.Leases;
import dev.offsite.cluster.Leases.Lease;
import dev.offsite.io.StateException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node holds of the connections to one server that all nodes may have together. Its lock is that of its {@link
 * Places}.
 */
final class HeldLeases {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** Between two questions to the database for more. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How long a node keeps its only connection while others wait: a login takes time, too. */
    private static final Duration KEPT = Duration.ofSeconds(10);

    private final String server;
    private final Optional<Leases> leases;
    private final Places places;
    private final Deque<Lease> held = new ArrayDeque<>();
    private int most = Integer.MAX_VALUE;
    /** Whether a login is on its way, whose connection does not count yet. */
    private boolean loggingIn;

    private boolean isRefused;
    private long refusedAt;
    private boolean isSaid;
    private long since;
    private boolean isWanted;

    HeldLeases(String server, Optional<Leases> leases, Places places) {
        this.server = server;
        this.leases = leases;
        this.places = places;
    }

    void limit(int number) {
        most = Math.min(most, number);
    }

    private boolean isLimited() {
        return leases.isPresent() && most < Integer.MAX_VALUE;
    }

    /** How many more connections may be opened without another lease. */
    private int spare() {
        return held.size() - places.count();
    }

    /** Whether a connection may be had as far as is known; whoever waits is told when that changes. */
    boolean isFree() {
        return !isLimited() || !isRefused || spare() > 0;
    }

    /** Whether it is of use to ask. */
    boolean mayAsk() {
        return isFree() || System.nanoTime() - refusedAt > PAUSE.toNanos();
    }

    /** Begins a login if there is a lease for it; asks for one. Fails with {@link StateException}. */
    boolean begin() {
        boolean first;
        synchronized (places) {
            if (!places.hasRoom()) {
                return false;
            }
            if (hasBegun()) {
                return true;
            }
            if (!mayAsk()) {
                return false;
            }
            first = held.isEmpty();
        }
        Optional<Lease> lease = ask(first);
        synchronized (places) {
            answered(lease);
            return lease.isPresent() && hasBegun();
        }
    }

    private boolean hasBegun() {
        loggingIn = !isLimited() || spare() > 0;
        return loggingIn;
    }

    /** A login has ended. If it has succeeded, its connection counts among those that are open. */
    void end() {
        loggingIn = false;
    }

    /** Not with the lock: the database may take its time. */
    private Optional<Lease> ask(boolean first) {
        return leases.flatMap(all -> all.take(server, most, first));
    }

    private void answered(Optional<Lease> lease) {
        isRefused = lease.isEmpty();
        if (lease.isPresent()) {
            since = held.isEmpty() ? System.nanoTime() : since;
            held.push(lease.get());
            isSaid = false;
            return;
        }
        refusedAt = System.nanoTime();
        if (held.isEmpty() && places.isSought() && !isSaid) {
            isSaid = true;
            LOG.info(
                    "{}: other nodes have all of the {} connections that max-connections allows; waiting for one",
                    server,
                    most);
        }
    }

    /**
     * Asks for a lease if one is waited for, and finds out whether other nodes wait: then an idle connection is closed. Fails
     * with {@link StateException}.
     */
    void look() {
        boolean asks;
        boolean first;
        synchronized (places) {
            first = held.isEmpty();
            asks = places.isSought() && places.hasRoom() && !isFree();
        }
        if (asks) {
            Optional<Lease> lease = ask(first);
            synchronized (places) {
                answered(lease);
            }
        }
        boolean wanted = !first && leases.map(all -> all.isWanted(server)).orElse(false);
        synchronized (places) {
            isWanted = wanted;
            wanted = isWanted();
        }
        if (wanted) {
            places.closeIdle();
        }
    }

    /** Releases those that no connection needs. */
    void giveBack() {
        for (Lease lease : surplus()) {
            try {
                lease.release();
            } catch (StateException e) {
                LOG.debug("{}: a connection is given back later", server, e);
                synchronized (places) {
                    held.addLast(lease);
                }
            }
        }
    }

    private List<Lease> surplus() {
        List<Lease> surplus = new ArrayList<>();
        synchronized (places) {
            held.removeIf(lease -> !lease.isValid());
            int kept = loggingIn || (places.isSought() && !isWanted()) ? 1 : 0;
            while (spare() > kept) {
                surplus.add(held.pop());
            }
            if (!surplus.isEmpty()) {
                isWanted = false;
                isRefused = false;
            }
        }
        return surplus;
    }

    /** Whether another node waits, and it is its turn. */
    boolean isWanted() {
        return isWanted && (held.size() > 1 || System.nanoTime() - since > KEPT.toNanos());
    }

    /** Whether a connection that is not in use must be closed. */
    boolean isTooMany() {
        return isLimited() && (places.count() > held.size() || isWanted());
    }
}
