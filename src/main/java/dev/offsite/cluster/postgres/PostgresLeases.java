package dev.offsite.cluster.postgres;

import dev.offsite.cluster.Leases;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The rows of {@code offsite_lease}: a lease is a slot from 1 to the most, so that there are never more. They refer to their
 * node, and go with it.
 */
final class PostgresLeases implements Leases {

    /** Two nodes may choose the same slot at once. */
    private static final int ATTEMPTS = 5;

    /** Nodes that wait and have asked just now. */
    private static final String OTHERS =
            "select since from offsite_lease_wait wait join offsite_node node on node.id = wait.node"
                    + " where server = ? and node <> ? and left_at is null and asked > clock_timestamp() - interval '5 seconds'";

    private final Database database;
    /** Joins the cluster, and names this node. */
    private final Supplier<String> joined;

    private final Supplier<String> current;

    PostgresLeases(Database database, Supplier<String> joined, Supplier<String> current) {
        this.database = database;
        this.joined = joined;
        this.current = current;
    }

    /** One of the connections to a server. */
    private final class Slot implements Lease {
        private final String server;
        private final int slot;
        private final String node;

        Slot(String server, int slot, String node) {
            this.server = server;
            this.slot = slot;
            this.node = node;
        }

        @Override
        public boolean isValid() {
            return node.equals(current.get());
        }

        @Override
        public void release() {
            database.call(connection -> Sql.update(
                    connection,
                    "delete from offsite_lease where server = ? and slot = ? and node = ?",
                    server,
                    slot,
                    node));
        }
    }

    @Override
    public Optional<Lease> take(String server, int most, boolean first) {
        String node = joined.get();
        // Exactly once: nobody would release what was taken twice. And a crash of the database frees nothing.
        return database.transaction(true, connection -> {
                    Optional<Integer> slot = slot(connection, server, most, first, node);
                    if (first) {
                        queue(connection, server, node, slot.isEmpty());
                    }
                    return slot;
                })
                .map(slot -> new Slot(server, slot, node));
    }

    private static Optional<Integer> slot(Connection connection, String server, int most, boolean first, String node)
            throws SQLException {
        Optional<Integer> slot = Optional.empty();
        for (int i = 0; i < ATTEMPTS && slot.isEmpty() && isFree(connection, server, most, first, node); i++) {
            slot = Sql.row(
                    connection,
                    row -> row.getInt(1),
                    "insert into offsite_lease (server, slot, node)"
                            + " select ?, slot, node.id from generate_series(1, ?) slot, offsite_node node"
                            + " where node.id = ? and left_at is null"
                            + " and slot not in (select slot from offsite_lease where server = ?)"
                            + " order by slot limit 1 on conflict do nothing returning slot",
                    server,
                    most,
                    node,
                    server);
        }
        return slot;
    }

    /** Whether more are free than nodes wait for that come before this one. */
    private static boolean isFree(Connection connection, String server, int most, boolean first, String node)
            throws SQLException {
        return Sql.row(
                        connection,
                        row -> row.getBoolean(1),
                        "with own as (select since from offsite_lease_wait where server = ? and node = ?"
                                + " and asked > clock_timestamp() - interval '5 seconds'),"
                                + " others as (" + OTHERS + "),"
                                + " before as (select from others where not ? or not exists (select from own)"
                                + " or since < (select since from own))"
                                + " select (select count(*) from before)"
                                + " < ? - (select count(*) from offsite_lease where server = ?)",
                        server,
                        node,
                        server,
                        node,
                        first,
                        most,
                        server)
                .orElse(false);
    }

    private static void queue(Connection connection, String server, String node, boolean waits) throws SQLException {
        if (!waits) {
            Sql.update(connection, "delete from offsite_lease_wait where server = ? and node = ?", server, node);
            return;
        }
        // One that has stopped to ask begins at the end.
        Sql.update(
                connection,
                "insert into offsite_lease_wait as wait (server, node) select ?, id from offsite_node where id = ?"
                        + " on conflict (server, node) do update set asked = clock_timestamp(),"
                        + " since = case when wait.asked > clock_timestamp() - interval '5 seconds' then wait.since"
                        + " else clock_timestamp() end",
                server,
                node);
    }

    @Override
    public boolean isWanted(String server) {
        return database.call(connection -> Sql.row(
                        connection, row -> row.getBoolean(1), "select exists (" + OTHERS + ")", server, joined.get()))
                .orElse(false);
    }
}
