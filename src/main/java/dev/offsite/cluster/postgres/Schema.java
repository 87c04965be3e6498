package dev.offsite.cluster.postgres;

import dev.offsite.cluster.ClusterException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** The tables. */
final class Schema {

    /** The number of the newest migration in the folder {@code schema}. */
    private static final int NEWEST = 2;

    private static final int OLDEST_SERVER = 13;
    private static final String HISTORY = "offsite_schema_history";

    private final SqlFailures failures;

    Schema(SqlFailures failures) {
        this.failures = failures;
    }

    /**
     * Makes or completes the tables, if that is needed.
     *
     * <p>Nodes of two versions may run at once, so that a cluster is upgraded one node after another: a migration only
     * adds (tables, columns with a default), and never changes what an earlier version reads or writes. If that is not
     * possible one day, the migration raises {@code offsite_compatible.least}, and earlier versions refuse to start.
     */
    void prepare(Connection connection, DataSource source) throws SQLException {
        check(connection);
        if (version(connection) < NEWEST) {
            // Held until this connection is closed. Two nodes may start at once.
            Sql.run(connection, "select pg_advisory_lock(?)", Keys.of("schema"));
            if (version(connection) < NEWEST) {
                migrate(source);
            }
            Sql.run(connection, "select pg_advisory_unlock(?)", Keys.of("schema"));
        }
        int least = Sql.row(connection, row -> row.getInt(1), "select max(least) from offsite_compatible")
                .orElse(0);
        if (least > NEWEST) {
            throw refused(("was upgraded by a newer version of Offsite (schema %d, and this one knows %d): install that"
                            + " version here, too")
                    .formatted(least, NEWEST));
        }
    }

    private void check(Connection connection) throws SQLException {
        int server = connection.getMetaData().getDatabaseMajorVersion();
        if (server < OLDEST_SERVER) {
            throw refused("is PostgreSQL %d; Offsite needs %d or newer".formatted(server, OLDEST_SERVER));
        }
        Optional<String> encoding = Sql.text(connection, "select getdatabaseencoding()");
        if (!encoding.equals(Optional.of("UTF8"))) {
            throw refused("has the encoding %s; create it with encoding 'UTF8' template template0"
                    .formatted(encoding.orElse("")));
        }
    }

    private ClusterException refused(String why) {
        return new ClusterException(failures.of(why).getMessage(), null);
    }

    /** Cheap: a start of Flyway takes longer than that of all else. */
    private static int version(Connection connection) throws SQLException {
        if (Sql.text(connection, "select to_regclass('" + HISTORY + "')::text").isEmpty()) {
            return 0;
        }
        return Sql.row(
                        connection,
                        row -> row.getInt(1),
                        "select max(version::integer) from " + HISTORY + " where success and version is not null")
                .orElse(0);
    }

    private static void migrate(DataSource source) throws SQLException {
        try {
            Flyway.configure(Schema.class.getClassLoader())
                    .dataSource(source)
                    .locations("classpath:dev/offsite/cluster/postgres/schema")
                    .table(HISTORY)
                    // Other tables may be there.
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof SQLException sql) {
                    throw sql;
                }
            }
            throw e;
        }
    }
}
