package dev.offsite.ledger;

import dev.offsite.cluster.TextMap;
import dev.offsite.io.Text;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Copies the maps of a ledger between the file of a single machine and a cluster, and compares them. It needs little memory,
 * however many entries there are.
 *
 * @param file the maps of the file, by name
 * @param shared those of the cluster
 * @param done hears how many more entries were copied or compared
 */
public record LedgerMove(Function<String, TextMap> file, Function<String, TextMap> shared, LongConsumer done) {

    private static final String OPEN_FOLDERS = "openFolders";

    /** What the file says of itself stays with it. */
    static final List<String> MAPS = List.of("copies", OPEN_FOLDERS, "unsettled", "searched", "published");

    /** What only a machine or cluster has that has shipped. */
    private static final List<String> OF_SHIPS = List.of("copies", OPEN_FOLDERS, "unsettled", "published");

    private static final int TOGETHER = 5000;

    /** An entry as it is in the map of the other side. */
    private record Entry(String key, String value) {}

    /** How many entries these maps have. */
    public static long size(Function<String, TextMap> maps) {
        return MAPS.stream().mapToLong(name -> maps.apply(name).size()).sum();
    }

    /** Whether anything was shipped by those who have these maps. */
    public static boolean isOfShips(Function<String, TextMap> maps) {
        return OF_SHIPS.stream().anyMatch(name -> maps.apply(name).hasPrefix(""));
    }

    /** Copies all entries into the cluster, where there must be none. */
    public void toShared() {
        for (String name : MAPS) {
            copy(file.apply(name), shared.apply(name), isOfNodes(name) ? LedgerMove::ofNobody : Entry::new, () -> {});
        }
    }

    /**
     * Copies all entries into the file, where there must be none.
     *
     * @param flush writes to the file what was copied so far
     */
    public void toFile(Runnable flush) {
        for (String name : MAPS) {
            copy(shared.apply(name), file.apply(name), isOfNodes(name) ? LedgerMove::alone : Entry::new, flush);
        }
    }

    private static boolean isOfNodes(String map) {
        return map.equals(OPEN_FOLDERS);
    }

    private interface Conversion {
        Entry of(String key, String value);
    }

    /** A folder that a machine alone has open, as one of a node that is not alive: others put it in order. */
    private static Entry ofNobody(String key, String path) {
        String value = new OpenFolder(OpenFolder.ALONE, path).value();
        return new Entry(destination(key, path) + value, value);
    }

    /** A folder that a node has open, as one of a machine alone. */
    private static Entry alone(String key, String value) {
        String path = OpenFolder.of(value, true).path();
        return new Entry(destination(key, value) + path, path);
    }

    /** What stands before the value, at the end of the key. */
    private static String destination(String key, String value) {
        return key.substring(0, key.length() - value.length());
    }

    private void copy(TextMap from, TextMap to, Conversion conversion, Runnable flush) {
        Map<String, String> batch = new HashMap<>();
        from.each("", (key, value) -> {
            Entry entry = conversion.of(key, value);
            batch.put(entry.key(), entry.value());
            if (batch.size() == TOGETHER) {
                put(to, batch, flush);
            }
            return true;
        });
        put(to, batch, flush);
    }

    private void put(TextMap to, Map<String, String> batch, Runnable flush) {
        to.putAll(batch);
        flush.run();
        done.accept(batch.size());
        batch.clear();
    }

    /** The first difference between the two sides, in one line; empty if they are the same. */
    public Optional<String> difference() {
        return MAPS.stream().flatMap(name -> difference(name).stream()).findFirst();
    }

    /** The order of keys is not the same on both sides. So each entry is looked up in the file, which is faster than the database. */
    private Optional<String> difference(String name) {
        TextMap ours = file.apply(name);
        TextMap theirs = shared.apply(name);
        Set<String> nodes = new HashSet<>();
        Conversion conversion = isOfNodes(name) ? LedgerMove::alone : Entry::new;
        Optional<String> different = first(theirs, (key, value) -> {
            Entry entry = conversion.of(key, value);
            if (isOfNodes(name)) {
                nodes.add(OpenFolder.of(value, true).node());
            }
            return entry.value().equals(ours.get(entry.key()));
        });
        if (different.isEmpty() && isOfNodes(name)) {
            different = first(ours, (key, path) -> nodes.stream()
                    .map(node -> new OpenFolder(node, path).value())
                    .anyMatch(value -> theirs.containsKey(destination(key, path) + value)));
        } else if (different.isEmpty() && ours.size() != theirs.size()) {
            different = first(ours, (key, value) -> theirs.containsKey(key));
        }
        return different.map(key -> "%s: %s".formatted(name, Text.line(key)));
    }

    /** The first key whose entry is not accepted. */
    private Optional<String> first(TextMap map, BiPredicate<String, String> accepted) {
        AtomicReference<String> first = new AtomicReference<>();
        long[] read = {0};
        map.each("", (key, value) -> {
            if (++read[0] % TOGETHER == 0) {
                done.accept(TOGETHER);
            }
            if (!accepted.test(key, value)) {
                first.set(key);
            }
            return first.get() == null;
        });
        done.accept(read[0] % TOGETHER);
        return Optional.ofNullable(first.get());
    }
}
