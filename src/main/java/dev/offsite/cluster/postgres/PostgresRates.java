package dev.offsite.cluster.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.offsite.cluster.SharedRate;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.distributed.jdbc.PrimaryKeyMapper;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.postgresql.Bucket4jPostgreSQL;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bucket4j's buckets in {@code offsite_bucket}. A token is a microsecond of the rate, and the clock is that of the database.
 * A node takes tokens before they are there and waits until they are, so that all get theirs in the order in which they asked.
 */
final class PostgresRates implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private static final int CONNECTIONS = 2;

    /** What a bucket knows need not survive a crash of the database. */
    private static final String FIRST = "set synchronous_commit = off";

    private static final Duration ANSWER = Duration.ofSeconds(3);

    /** Time that nobody has used may be used later, up to this. */
    private static final Duration UNUSED = Duration.ofMillis(250);

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final BucketConfiguration CONFIGURATION = BucketConfiguration.builder()
            .addLimit(Bandwidth.builder()
                    .capacity(micros(UNUSED))
                    .refillGreedy(micros(Duration.ofSeconds(1)), Duration.ofSeconds(1))
                    .initialTokens(0)
                    .build())
            .build();

    private final Database database;
    private final HikariDataSource pool;
    private final ProxyManager<String> buckets;
    private final LongSupplier nanos;

    // What the last look at the database has shown.
    private volatile long ahead;
    private volatile int nodes = 1;
    private Long lookedAt;

    private boolean isAway;
    private long awayUntil;

    PostgresRates(Database database, Source source, LongSupplier nanos) {
        this.database = database;
        this.nanos = nanos;
        this.pool = Database.pool("offsite-limits", source, CONNECTIONS, FIRST);
        this.buckets = Bucket4jPostgreSQL.selectForUpdateBasedBuilder(pool)
                .table("offsite_bucket")
                .idColumn("name")
                .stateColumn("state")
                .primaryKeyMapper(PrimaryKeyMapper.STRING)
                .clientClock(new Clock())
                .requestTimeout(ANSWER)
                .build();
    }

    private static long micros(Duration time) {
        return TimeUnit.NANOSECONDS.toMicros(time.toNanos());
    }

    /** That of the database, which is the same for all nodes. */
    private final class Clock implements TimeMeter {
        @Override
        public long currentTimeNanos() {
            return nanos.getAsLong() + ahead;
        }

        @Override
        public boolean isWallClockBased() {
            return true;
        }
    }

    SharedRate of(String name) {
        Bucket bucket = buckets.getProxy(name, () -> CONFIGURATION);
        return new SharedRate() {
            /** When the part of this node is free again, while the database is away. */
            private long next;

            @Override
            public synchronized Duration take(Duration time) {
                if (isReachable()) {
                    try {
                        look();
                        long wait = bucket.consumeIgnoringRateLimits(micros(time));
                        works();
                        return Duration.ofNanos(wait);
                    } catch (SQLException | RuntimeException e) {
                        // Whatever it is: a limit fails no upload.
                        failed(e);
                    }
                }
                return alone(time);
            }

            private Duration alone(Duration time) {
                long now = nanos.getAsLong();
                next = (next - now > 0 ? next : now) + time.toNanos() * nodes;
                return Duration.ofNanos(next - now);
            }
        };
    }

    private synchronized boolean isReachable() {
        return !isAway || nanos.getAsLong() - awayUntil >= 0;
    }

    private synchronized void works() {
        isAway = false;
    }

    private synchronized void failed(Exception reason) {
        LOG.debug("no bandwidth from the database", reason);
        if (!isAway) {
            LOG.info(
                    "cluster: the database does not answer; until it does, this node keeps to 1/{} of each bandwidth limit",
                    nodes);
        }
        isAway = true;
        awayUntil = nanos.getAsLong() + AWAY_NANOS;
    }

    /** Finds out, now and then, what time it is and how many share a limit. */
    private synchronized void look() throws SQLException {
        long begin = nanos.getAsLong();
        if (lookedAt != null && begin - lookedAt < LOOK_NANOS) {
            return;
        }
        database.prepare();
        try (Connection connection = pool.getConnection()) {
            begin = nanos.getAsLong();
            long[] seen = Sql.row(
                            connection,
                            row -> new long[] {row.getLong(1), row.getLong(2)},
                            "select (extract(epoch from clock_timestamp()) * 1000000)::bigint,"
                                    + " (select count(*) from offsite_node where left_at is null)")
                    .orElseThrow();
            long end = nanos.getAsLong();
            ahead = TimeUnit.MICROSECONDS.toNanos(seen[0]) - (begin + (end - begin) / 2);
            nodes = (int) Math.max(1, seen[1]);
            lookedAt = end;
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
