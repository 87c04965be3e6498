package dev.offsite.cluster.postgres;

import dev.offsite.cluster.Claims;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The rows of {@code offsite_claim}. They do not wait for the disk: a claim that the server forgets in a crash is lost,
 * which {@link #lost} says.
 */
final class PostgresClaims implements Claims {

    private static final String QUICK = "set_config('synchronous_commit', 'off', true)";

    private final Database database;
    private final Supplier<String> node;

    PostgresClaims(Database database, Supplier<String> node) {
        this.database = database;
        this.node = node;
    }

    @Override
    public Set<String> takeAll(Collection<String> keys) {
        String[] sorted = sorted(keys);
        return new HashSet<>(database.call(connection -> Sql.rows(
                connection,
                row -> row.getString(1),
                "insert into offsite_claim (key, node) select wanted.key, ? from unnest(?) as wanted (key), " + QUICK
                        + " order by wanted.key"
                        + " on conflict (key) do update set node = excluded.node"
                        + " where offsite_claim.node = excluded.node returning key",
                node.get(),
                sorted)));
    }

    @Override
    public void releaseAll(Collection<String> keys) {
        String[] sorted = sorted(keys);
        database.call(connection -> Sql.update(
                connection,
                "delete from offsite_claim using " + QUICK + " where key = any(?) and node = ?",
                sorted,
                node.get()));
    }

    /** In one order everywhere, or two nodes might wait for each other. */
    private static String[] sorted(Collection<String> keys) {
        return new TreeSet<>(keys).toArray(String[]::new);
    }

    @Override
    public Set<String> ofOthers(String prefix) {
        return new HashSet<>(database.call(connection -> Sql.rows(
                connection,
                row -> row.getString(1),
                "select key from offsite_claim where key >= ? and starts_with(key, ?) and node <> ?",
                prefix,
                prefix,
                node.get())));
    }

    @Override
    public Set<String> lost(Collection<String> keys) {
        Set<String> lost = new HashSet<>(keys);
        if (!lost.isEmpty()) {
            String[] asked = lost.toArray(String[]::new);
            lost.removeAll(new HashSet<>(database.call(connection -> Sql.rows(
                    connection,
                    row -> row.getString(1),
                    "select key from offsite_claim where key = any(?) and node = ?",
                    asked,
                    node.get()))));
        }
        return lost;
    }
}
