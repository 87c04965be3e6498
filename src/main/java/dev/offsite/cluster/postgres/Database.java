package dev.offsite.cluster.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.offsite.cluster.ClusterException;
import dev.offsite.cluster.MigrationMark;
import dev.offsite.io.StateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The database, over a few connections. Each call is repeated while the database cannot be reached, for as long as a
 * restart takes and somewhat longer; then, and for any other failure, it fails with {@link StateException}.
 */
final class Database implements AutoCloseable {

    private static final int CONNECTIONS = 8;
    /** Longer than any statement here takes. */
    private static final int ANSWER_SECONDS = 20;

    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long MOST_PAUSE_MILLIS = 500;

    /** Statements that may be run again. */
    @FunctionalInterface
    interface Work<T> {
        T in(Connection connection) throws SQLException;
    }

    private final SqlFailures failures;
    private final Duration patience;
    private final Source source;
    private final HikariDataSource pool;
    private final boolean isForMigration;
    private boolean isPrepared;
    /** Whether a call has waited for it in vain, and none has succeeded since. */
    private volatile boolean isAway;

    /** @param isForMigration whether the database may have a {@link MigrationMark} */
    Database(Source source, Duration patience, boolean isForMigration) {
        this.isForMigration = isForMigration;
        this.source = source;
        this.failures = new SqlFailures(source.place());
        this.patience = patience;
        this.pool = pool("offsite", source, CONNECTIONS, null);
    }

    /** Connects only when it is used. */
    static HikariDataSource pool(String name, Source source, int most, String first) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setDataSource(source.of(ANSWER_SECONDS));
        config.setMaximumPoolSize(most);
        config.setMinimumIdle(0);
        config.setIdleTimeout(TimeUnit.MINUTES.toMillis(1));
        config.setConnectionTimeout(TimeUnit.SECONDS.toMillis(3));
        config.setValidationTimeout(TimeUnit.SECONDS.toMillis(2));
        config.setInitializationFailTimeout(-1);
        config.setConnectionInitSql(first);
        return new HikariDataSource(config);
    }

    SqlFailures failures() {
        return failures;
    }

    /** Makes the tables at the first call. Fails with {@link ClusterException} if the database is none for that. */
    synchronized void prepare() throws SQLException {
        if (isPrepared) {
            return;
        }
        try (Connection connection = source.connect(ANSWER_SECONDS)) {
            new Schema(failures).prepare(connection, source.of(ANSWER_SECONDS));
            requireUsable(connection);
            isPrepared = true;
        } catch (SQLException e) {
            failures.ofConfiguration(e).ifPresent(problem -> {
                throw problem;
            });
            throw e;
        }
    }

    /** Fails with {@link ClusterException} if a migration fills it, or has left it. */
    void requireUsable(Connection connection) throws SQLException {
        if (!isForMigration) {
            Optional<MigrationMark> mark = PostgresStateStore.text(connection, MigrationMark.NAME)
                    .map(text -> MigrationMark.parse(text, "%s in %s".formatted(MigrationMark.NAME, source.place())));
            mark.ifPresent(there -> {
                throw new ClusterException(
                        failures.of(there.refusalOfDatabase()).getMessage(), null);
            });
        }
    }

    /** Runs a single statement, or several that only read. What they do may be done twice. */
    <T> T call(Work<T> work) {
        return repeated(() -> {
            prepare();
            try (Connection connection = pool.getConnection()) {
                return work.in(connection);
            }
        });
    }

    /**
     * Runs statements in one transaction, and has it done exactly once, even if the connection breaks when nobody knows
     * whether the transaction is done.
     *
     * @param durable whether it survives a power cut from then on
     */
    <T> T transaction(boolean durable, Work<T> work) {
        Transaction<T> transaction = new Transaction<>(durable, work);
        return repeated(() -> {
            prepare();
            try (Connection connection = pool.getConnection()) {
                return transaction.in(connection);
            }
        });
    }

    private static final class Transaction<T> implements Work<T> {

        private final UUID token = UUID.randomUUID();
        private final boolean durable;
        private final Work<T> work;
        private boolean mayBeDone;
        private T result;

        Transaction(boolean durable, Work<T> work) {
            this.durable = durable;
            this.work = work;
        }

        @Override
        public T in(Connection connection) throws SQLException {
            connection.setAutoCommit(false);
            try {
                // Waits for an earlier attempt that the server is still busy with.
                Sql.update(connection, "insert into offsite_done (token) values (?)", token);
            } catch (SQLException e) {
                undo(connection, e);
                if (mayBeDone && SqlFailures.isDuplicate(e)) {
                    return result;
                }
                throw e;
            }
            try {
                Sql.run(
                        connection,
                        durable
                                // The server may do more than that: it stays so.
                                ? "select set_config('synchronous_commit', 'on', true)"
                                        + " where current_setting('synchronous_commit') = 'off'"
                                : "select set_config('synchronous_commit', 'off', true)");
                result = work.in(connection);
            } catch (SQLException | RuntimeException e) {
                undo(connection, e);
                throw e;
            }
            mayBeDone = true;
            connection.commit();
            return result;
        }

        private static void undo(Connection connection, Exception reason) {
            try {
                connection.rollback();
            } catch (SQLException e) {
                // The connection is gone, and the transaction with it.
                reason.addSuppressed(e);
            }
        }
    }

    /** The same for what has connections of its own. */
    <T> T repeated(Attempt<T> attempt) {
        // Whoever comes after a call that waited in vain does not wait for as long again.
        long end = System.nanoTime() + (isAway ? 0 : patience.toNanos());
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try {
                T result = attempt.run();
                isAway = false;
                return result;
            } catch (SQLException e) {
                if (Thread.currentThread().isInterrupted() && SqlFailures.isPassing(e)) {
                    throw failures.interrupted(e);
                }
                if (!SqlFailures.isPassing(e)) {
                    throw failures.unreachable(e);
                }
                if (System.nanoTime() > end) {
                    isAway = true;
                    throw failures.unreachable(e);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(pause));
            pause = Math.min(MOST_PAUSE_MILLIS, pause * 2);
        }
    }

    /** One of several attempts. */
    @FunctionalInterface
    interface Attempt<T> {
        T run() throws SQLException;
    }

    /** Makes all that was done without {@code durable} survive a power cut: the log is written in order. */
    void sync() {
        transaction(true, connection -> "");
    }

    @Override
    public void close() {
        pool.close();
    }
}
