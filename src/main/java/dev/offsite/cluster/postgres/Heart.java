package dev.offsite.cluster.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the others that this node lives, and finds out which others do not. After an outage of the database nobody is
 * taken for dead until all had time to return: a node judges others only if it could itself reach the database, without a
 * longer gap, for as long as they may be silent.
 */
final class Heart implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final int ANSWER_SECONDS = 5;
    private static final int BEATS_BETWEEN_TIDYING = 200;

    /** Who this node is. */
    interface Self {
        String id();

        /** Whether it has joined once. */
        boolean isReady();

        /** Joins; with another id if this node had joined before. */
        void join(Connection connection) throws SQLException;
    }

    private final Source source;
    private final Times times;
    private final Self self;
    private final List<Runnable> onDeath = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService beats =
            Executors.newSingleThreadScheduledExecutor(daemon("offsite-cluster"));
    private final ExecutorService deaths = Executors.newSingleThreadExecutor(daemon("offsite-cluster-death"));

    private final AtomicBoolean started = new AtomicBoolean();

    // Only for the thread of the heartbeats.
    private Connection connection;
    private Duration steady = Duration.ZERO;
    /** Null before the first look. */
    private volatile Set<String> knownDead;

    private int untidy;

    Heart(Source source, Times times, Self self) {
        this.source = source;
        this.times = times;
        this.self = self;
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    /** Only the first call counts. */
    void start() {
        if (started.compareAndSet(false, true)) {
            long pause = times.beat().toMillis();
            var unused = beats.scheduleWithFixedDelay(this::beat, pause, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Those of whose deaths nobody is told any more. */
    void knows(Set<String> dead) {
        knownDead = dead;
    }

    void onDeath(Runnable action) {
        onDeath.add(action);
    }

    /** Never fails: that would end the schedule. */
    private void beat() {
        try {
            try {
                beatOnce();
            } catch (SQLException e) {
                // The server may have ended this connection alone.
                LOG.debug("heartbeat", e);
                disconnect();
                beatOnce();
            }
        } catch (SQLException | RuntimeException e) {
            LOG.debug("no heartbeat", e);
            disconnect();
        }
    }

    private void beatOnce() throws SQLException {
        if (connection == null) {
            connection = source.connect(ANSWER_SECONDS);
        }
        if (!self.isReady()) {
            self.join(connection);
        }
        var silent = Nodes.beat(connection, self.id());
        if (silent.isEmpty()) {
            self.join(connection);
        }
        boolean gap = silent.map(time -> time.compareTo(times.death().dividedBy(2)) > 0)
                .orElse(true);
        steady = gap ? Duration.ZERO : steady.plus(silent.get());
        if (steady.compareTo(times.death()) >= 0) {
            bury();
        }
        if (++untidy >= BEATS_BETWEEN_TIDYING) {
            untidy = 0;
            Nodes.tidy(connection);
        }
        tellOfDeaths();
    }

    private void bury() throws SQLException {
        connection.setAutoCommit(false);
        List<String> sessions = Nodes.bury(connection, times.death());
        connection.commit();
        connection.setAutoCommit(true);
        for (String session : sessions) {
            LOG.warn("cluster: another node is dead; its work goes on here and on the others");
            Nodes.disconnect(connection, session);
        }
    }

    private void tellOfDeaths() throws SQLException {
        Set<String> dead = Nodes.roster(connection).dead();
        Set<String> fresh = new HashSet<>(dead);
        fresh.removeAll(knownDead == null ? dead : knownDead);
        knownDead = dead;
        if (!fresh.isEmpty()) {
            onDeath.forEach(deaths::execute);
        }
    }

    private void disconnect() {
        try (Connection old = connection) {
            connection = null;
        } catch (SQLException e) {
            LOG.debug("heartbeat", e);
        }
    }

    /** Ends all, with what is told of deaths just now. */
    @Override
    public void close() {
        beats.shutdownNow();
        deaths.shutdownNow();
        try {
            if (beats.awaitTermination(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                disconnect();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
