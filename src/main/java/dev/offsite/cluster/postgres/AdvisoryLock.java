package dev.offsite.cluster.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.offsite.cluster.Cluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Held as long as its connection lives. */
final class AdvisoryLock implements Cluster.Lock {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final SqlFailures failures;
    private final HikariDataSource pool;
    private final Connection connection;
    private final String name;
    private final long key;
    private boolean closed;

    AdvisoryLock(SqlFailures failures, HikariDataSource pool, Connection connection, String name, long key) {
        this.failures = failures;
        this.pool = pool;
        this.connection = connection;
        this.name = name;
        this.key = key;
    }

    /** Asks the server, for a proxy between may have given us another session. */
    @Override
    public synchronized void check() {
        Optional<Boolean> held = Optional.empty();
        try {
            held = closed
                    ? Optional.empty()
                    : Sql.row(
                            connection,
                            row -> true,
                            "select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"
                                    + " and granted and objsubid = 1 and classid = ? and objid = ?"
                                    + " and database = (select oid from pg_database where datname = current_database())",
                            key >>> 32,
                            key & 0xFFFFFFFFL);
        } catch (SQLException e) {
            LOG.debug("lock {}", name, e);
        }
        if (held.isEmpty()) {
            throw failures.of(
                    "has ended the lock of %s, since the connection was lost; it is done again".formatted(name));
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (connection) {
            if (!Sql.row(connection, row -> row.getBoolean(1), "select pg_advisory_unlock(?)", key)
                    .orElse(false)) {
                pool.evictConnection(connection);
            }
        } catch (SQLException e) {
            LOG.debug("lock {}", name, e);
            pool.evictConnection(connection);
        }
    }
}
