package dev.offsite.cluster.postgres;

import dev.offsite.cluster.TextMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/**
 * The rows of {@code offsite_ledger} with one name. What was written last may be forgotten after a crash of the server,
 * unless {@link Database#sync} was called since: recovery finds it out.
 */
final class PostgresTextMap implements TextMap {

    private static final int PAGE = 1000;

    /**
     * Counts a change, if the map is one whose changes are counted. Evaluated after what it refers to, so that all take the
     * rows of entries first, and this one last.
     */
    private static final String COUNTED =
            " counted as (update offsite_change set number = number + 1 where map = ? and exists (select from changed))";

    private static final String WRITE = " on conflict (map, key) do update set value = excluded.value";

    /** Does not wait for the disk. In the from clause, so that it is evaluated. */
    private static final String QUICK = "set_config('synchronous_commit', 'off', true)";

    private final Database database;
    private final String map;

    PostgresTextMap(Database database, String map) {
        this.database = database;
        this.map = map;
    }

    @Override
    public String get(String key) {
        return database.call(connection ->
                        Sql.text(connection, "select value from offsite_ledger where map = ? and key = ?", map, key))
                .orElse(null);
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        Map<String, String> entries = new HashMap<>();
        String[] asked = keys.toArray(String[]::new);
        database.call(connection -> Sql.rows(
                connection,
                row -> entries.put(row.getString(1), row.getString(2)),
                "select key, value from offsite_ledger where map = ? and key = any(?)",
                map,
                asked));
        return entries;
    }

    @Override
    public long changes() {
        return database.call(connection -> Sql.row(
                        connection, row -> row.getLong(1), "select number from offsite_change where map = ?", map))
                .orElse(0L);
    }

    @Override
    public String put(String key, String value) {
        return database.call(connection -> Sql.text(
                        connection,
                        "with old as (select value from offsite_ledger where map = ? and key = ?),"
                                + " changed as (select from old where value <> ?)," + COUNTED
                                + " insert into offsite_ledger (map, key, value) select ?, ?, ? from " + QUICK + WRITE
                                + " returning (select value from old)",
                        map,
                        key,
                        value,
                        map,
                        map,
                        key,
                        value))
                .orElse(null);
    }

    @Override
    public int putAll(Map<String, String> entries) {
        // In one order everywhere, or two nodes might wait for each other.
        Map<String, String> sorted = new TreeMap<>(entries);
        String[] keys = sorted.keySet().toArray(String[]::new);
        String[] values = sorted.values().toArray(String[]::new);
        return keys.length == 0
                ? 0
                : database.call(connection -> Sql.row(
                                connection,
                                row -> row.getInt(1),
                                "with entry as (select * from unnest(?, ?) as entry (key, value)),"
                                        + " old as (select entry.value as new, ledger.value from entry join offsite_ledger ledger"
                                        + " using (key) where map = ?),"
                                        + " changed as (select from old where new <> value)," + COUNTED + ","
                                        + " written as (insert into offsite_ledger (map, key, value)"
                                        + " select ?, key, entry.value from entry, " + QUICK + " order by key" + WRITE
                                        + ")"
                                        + " select count(*) from old",
                                keys,
                                values,
                                map,
                                map,
                                map)
                        .orElse(0));
    }

    @Override
    public String putIfAbsent(String key, String value) {
        return database.transaction(
                false,
                connection -> Sql.update(
                                        connection,
                                        "insert into offsite_ledger (map, key, value) values (?, ?, ?) on conflict do nothing",
                                        map,
                                        key,
                                        value)
                                > 0
                        ? null
                        : Sql.text(connection, "select value from offsite_ledger where map = ? and key = ?", map, key)
                                .orElse(null));
    }

    @Override
    public String remove(String key) {
        return database.call(connection -> Sql.text(
                        connection,
                        "with changed as (delete from offsite_ledger using " + QUICK
                                + " where map = ? and key = ? returning value)," + COUNTED
                                + " select value from changed",
                        map,
                        key,
                        map))
                .orElse(null);
    }

    @Override
    public void removeAll(Collection<String> keys) {
        String[] sorted = new TreeSet<>(keys).toArray(String[]::new);
        if (sorted.length > 0) {
            database.call(connection -> Sql.row(
                    connection,
                    row -> row.getInt(1),
                    "with changed as (delete from offsite_ledger using " + QUICK
                            + " where map = ? and key = any(?) returning key)," + COUNTED
                            + " select count(*) from changed",
                    map,
                    sorted,
                    map));
        }
    }

    @Override
    public boolean hasPrefix(String prefix) {
        return database.call(connection -> Sql.text(
                        connection,
                        "select key from offsite_ledger where map = ? and key >= ? order by key limit 1",
                        map,
                        prefix))
                .filter(key -> key.startsWith(prefix))
                .isPresent();
    }

    private record Entry(String key, String value) {}

    /** Page by page: no connection is held while the visitor works, and it may call this map. */
    @Override
    public void each(String prefix, BiPredicate<String, String> visitor) {
        Optional<String> last = Optional.empty();
        while (true) {
            List<Entry> page = page(prefix, last);
            for (Entry entry : page) {
                if (!entry.key().startsWith(prefix) || !visitor.test(entry.key(), entry.value())) {
                    return;
                }
            }
            if (page.size() < PAGE) {
                return;
            }
            last = Optional.of(page.get(page.size() - 1).key());
        }
    }

    private List<Entry> page(String prefix, Optional<String> after) {
        return database.call(connection -> Sql.rows(
                connection,
                row -> new Entry(row.getString(1), row.getString(2)),
                "select key, value from offsite_ledger where map = ? and key " + (after.isPresent() ? ">" : ">=")
                        + " ? order by key limit " + PAGE,
                map,
                after.orElse(prefix)));
    }

    /** In steps that take no longer than an answer may. */
    @Override
    public void clear() {
        int deleted;
        do {
            deleted = database.call(connection -> Sql.row(
                            connection,
                            row -> row.getInt(1),
                            "with changed as (delete from offsite_ledger where map = ? and key in"
                                    + " (select key from offsite_ledger where map = ? order by key limit 20000)"
                                    + " returning key)," + COUNTED + " select count(*) from changed",
                            map,
                            map,
                            map))
                    .orElse(0);
        } while (deleted > 0);
    }

    private record Counted(long number, String last) {}

    /** In steps, for the same reason. */
    @Override
    public long size() {
        long size = 0;
        for (String last = ""; last != null; ) {
            String after = last;
            Counted step = database.call(connection -> Sql.row(
                            connection,
                            row -> new Counted(row.getLong(1), row.getString(2)),
                            "select count(*), max(key) from (select key from offsite_ledger where map = ? and key > ?"
                                    + " order by key limit 100000) step",
                            map,
                            after))
                    .orElseThrow();
            size += step.number();
            last = step.last();
        }
        return size;
    }
}
