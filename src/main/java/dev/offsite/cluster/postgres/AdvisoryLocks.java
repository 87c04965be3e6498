package dev.offsite.cluster.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.offsite.cluster.Cluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Locks of sessions, each with a connection of its own: the server lets go of a lock when its connection ends, whatever
 * happens to the node.
 */
final class AdvisoryLocks implements AutoCloseable {

    private static final int MOST = 32;
    /** So that no single answer takes longer than one may, and an interrupt is seen. */
    private static final long SLICE_MILLIS = 5000;

    /** A machine that is gone, or cut off, keeps no lock for long. */
    private static final String FIRST =
            "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 2";

    private final Database database;
    private final HikariDataSource pool;

    AdvisoryLocks(Database database, Source source) {
        this.database = database;
        this.pool = Database.pool("offsite-locks", source, MOST, FIRST);
    }

    Optional<Cluster.Lock> take(String name, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        long key = Keys.of("lock", name);
        return database.repeated(() -> {
            Connection connection = pool.getConnection();
            boolean taken = false;
            try {
                taken = take(connection, key, end);
                return taken
                        ? Optional.of(new AdvisoryLock(database.failures(), pool, connection, name, key))
                        : Optional.empty();
            } finally {
                if (!taken) {
                    connection.close();
                }
            }
        });
    }

    private static boolean take(Connection connection, long key, long end) throws SQLException {
        if (Sql.row(connection, row -> row.getBoolean(1), "select pg_try_advisory_lock(?)", key)
                .orElse(false)) {
            return true;
        }
        for (long millis = millis(end); millis > 0; millis = millis(end)) {
            if (Thread.currentThread().isInterrupted()) {
                return false;
            }
            try {
                Sql.run(
                        connection,
                        "select set_config('lock_timeout', ?, false)",
                        String.valueOf(Math.min(millis, SLICE_MILLIS)));
                Sql.run(connection, "select pg_advisory_lock(?)", key);
                return true;
            } catch (SQLException e) {
                if (!SqlFailures.isTimeoutOfLock(e)) {
                    throw e;
                }
            }
        }
        return false;
    }

    private static long millis(long end) {
        return TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }

    @Override
    public void close() {
        pool.close();
    }
}
