package dev.offsite.cluster.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The rows of {@code offsite_node}. Only the clock of the database counts. */
final class Nodes {

    private static final int KEPT_DAYS = 30;

    /** Claims and leases of the nodes that a condition names. */
    private static final String FREE = "with gone as (select id from offsite_node where %s),"
            + " leases as (delete from offsite_lease where node in (select id from gone)),"
            + " waits as (delete from offsite_lease_wait where node in (select id from gone))"
            + " delete from offsite_claim where node in (select id from gone)";

    private static final String FREE_ALL_OF_THE_DEAD = FREE.formatted("left_at is not null");

    /** A node of the cluster, those that started first at the beginning. */
    record Node(String id, boolean isAlive) {}

    /** Who is there. */
    record Roster(List<Node> nodes) {
        Set<String> alive() {
            return ids(true);
        }

        Set<String> dead() {
            return ids(false);
        }

        private Set<String> ids(boolean alive) {
            return nodes.stream()
                    .filter(node -> node.isAlive() == alive)
                    .map(Node::id)
                    .collect(Collectors.toUnmodifiableSet());
        }

        boolean isLedBy(String id) {
            return nodes.stream()
                    .filter(Node::isAlive)
                    .findFirst()
                    .filter(first -> first.id().equals(id))
                    .isPresent();
        }
    }

    private Nodes() {}

    static void join(Connection connection, String id, String session, String host, String version)
            throws SQLException {
        Sql.update(
                connection,
                "insert into offsite_node (id, session, host, process, version) values (?, ?, ?, ?, ?)"
                        + " on conflict do nothing",
                id,
                session,
                host,
                ProcessHandle.current().pid(),
                version);
    }

    /** Returns how long the node was silent before; empty if it is not alive any more. */
    static Optional<Duration> beat(Connection connection, String id) throws SQLException {
        return Sql.row(
                connection,
                row -> Duration.ofMillis(row.getLong(1)),
                "with old as (select id, seen from offsite_node where id = ?)"
                        + " update offsite_node node set seen = clock_timestamp() from old"
                        + " where node.id = old.id and node.left_at is null"
                        + " returning extract(epoch from clock_timestamp() - old.seen) * 1000",
                id);
    }

    static Roster roster(Connection connection) throws SQLException {
        return new Roster(Sql.rows(
                connection,
                row -> new Node(row.getString(1), row.getBoolean(2)),
                "select id, left_at is null from offsite_node order by started, id"));
    }

    /** Takes nodes for dead that were silent for too long; returns the sessions of these. */
    static List<String> bury(Connection connection, Duration death) throws SQLException {
        List<String> sessions = Sql.rows(
                connection,
                row -> row.getString(1),
                "update offsite_node set left_at = clock_timestamp() where left_at is null"
                        + " and seen < clock_timestamp() - make_interval(secs => ?) returning session",
                death.toMillis() / 1000.0);
        // One that has not noticed its death may just have claimed another.
        Sql.update(connection, FREE_ALL_OF_THE_DEAD);
        return sessions;
    }

    /** Where the nodes run that are alive, in words. */
    static List<String> alive(Connection connection) throws SQLException {
        return Sql.rows(
                connection,
                row -> "process %d on %s".formatted(row.getLong(1), row.getString(2)),
                "select process, host from offsite_node where left_at is null order by started, id");
    }

    /** Ends what a node that is only paused holds on to, such as its locks. */
    static void disconnect(Connection connection, String session) throws SQLException {
        Sql.run(
                connection,
                "select pg_terminate_backend(pid) from pg_stat_activity where application_name = ?"
                        + " and datname = current_database() and usename = current_user and pid <> pg_backend_pid()",
                Source.application(session));
    }

    static void leave(Connection connection, String id) throws SQLException {
        Sql.update(connection, FREE.formatted("id = ?"), id);
        Sql.update(
                connection, "update offsite_node set left_at = clock_timestamp() where id = ? and left_at is null", id);
    }

    /** Forgets what nobody needs any more. */
    static void tidy(Connection connection) throws SQLException {
        Sql.update(connection, "delete from offsite_done where at < clock_timestamp() - interval '1 hour'");
        Sql.update(connection, FREE_ALL_OF_THE_DEAD);
        Sql.update(
                connection,
                "delete from offsite_node node where left_at < clock_timestamp() - make_interval(days => ?)"
                        // Each run of a command is a node for a moment.
                        + " or left_at < clock_timestamp() - interval '10 minutes' and not exists (select from offsite_ledger"
                        + " where map = 'openFolders' and starts_with(value, node.id || ' '))",
                KEPT_DAYS);
    }
}
