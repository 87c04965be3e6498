package dev.offsite.ledger;

import dev.offsite.cluster.TextMap;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;

/** A map in the file of a single machine. Changes are in the file after {@link LedgerStore#flush}. */
final class StoreMap implements TextMap {

    private final LedgerStore store;
    private final MVMap<String, String> map;

    StoreMap(LedgerStore store, MVMap<String, String> map) {
        this.store = store;
        this.map = map;
    }

    @Override
    public String get(String key) {
        return store.call(() -> map.get(key));
    }

    @Override
    public Map<String, String> getAll(Collection<String> keys) {
        Map<String, String> entries = new HashMap<>();
        for (String key : keys) {
            String value = get(key);
            if (value != null) {
                entries.put(key, value);
            }
        }
        return entries;
    }

    @Override
    public boolean containsKey(String key) {
        return store.call(() -> map.containsKey(key));
    }

    @Override
    public String put(String key, String value) {
        return store.call(() -> map.put(key, value));
    }

    /** In one step for this process. What is in the file after a crash may be some of them. */
    @Override
    public int putAll(Map<String, String> entries) {
        return store.call(() -> {
            int before = 0;
            for (Map.Entry<String, String> entry : entries.entrySet()) {
                if (map.put(entry.getKey(), entry.getValue()) != null) {
                    before++;
                }
            }
            return before;
        });
    }

    @Override
    public String putIfAbsent(String key, String value) {
        return store.call(() -> map.putIfAbsent(key, value));
    }

    @Override
    public String remove(String key) {
        return store.call(() -> map.remove(key));
    }

    @Override
    public void removeAll(Collection<String> keys) {
        store.call(() -> {
            keys.forEach(map::remove);
            return keys;
        });
    }

    @Override
    public boolean hasPrefix(String prefix) {
        String first = store.call(() -> map.ceilingKey(prefix));
        return first != null && first.startsWith(prefix);
    }

    @Override
    public void each(String prefix, BiPredicate<String, String> visitor) {
        store.call(() -> {
            for (Cursor<String, String> entries = map.cursor(prefix); entries.hasNext(); ) {
                String key = entries.next();
                if (!key.startsWith(prefix) || !visitor.test(key, entries.getValue())) {
                    return map;
                }
            }
            return map;
        });
    }

    @Override
    public void clear() {
        store.call(() -> {
            map.clear();
            return map;
        });
    }

    @Override
    public long size() {
        return store.call(map::sizeAsLong);
    }
}
