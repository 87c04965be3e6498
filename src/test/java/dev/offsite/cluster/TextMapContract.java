package dev.offsite.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link TextMap} does. */
@Timeout(120)
public abstract class TextMapContract {

    private static final int THREADS = 8;

    /** An empty map; the same name gives the same map within a test. */
    protected abstract TextMap map(String name);

    protected static Map<String, String> entries(TextMap map, String prefix) {
        Map<String, String> entries = new LinkedHashMap<>();
        map.each(prefix, (key, value) -> {
            entries.put(key, value);
            return true;
        });
        return entries;
    }

    @Test
    void itHasWhatWasPut() {
        TextMap map = map("copies");
        assertThat(map.get("a")).isNull();
        assertThat(map.containsKey("a")).isFalse();

        assertThat(map.put("a", "1")).isNull();
        assertThat(map.put("a", "2")).isEqualTo("1");
        assertThat(map.get("a")).isEqualTo("2");
        assertThat(map.containsKey("a")).isTrue();

        assertThat(map.putIfAbsent("a", "3")).isEqualTo("2");
        assertThat(map.putIfAbsent("b", "")).isNull();
        assertThat(map.get("a")).isEqualTo("2");
        assertThat(map.get("b")).isEmpty();
        assertThat(map.containsKey("b")).isTrue();
        assertThat(map.putIfAbsent("b", "x")).isEmpty();

        assertThat(map.remove("a")).isEqualTo("2");
        assertThat(map.remove("a")).isNull();
        assertThat(entries(map, "")).containsExactly(Map.entry("b", ""));
    }

    @Test
    void severalArePutAndRemovedAtOnce() {
        TextMap map = map("copies");
        map.put("b", "old");
        assertThat(map.putAll(Map.of("a", "1", "b", "2", "c", "3"))).isEqualTo(1);
        assertThat(map.putAll(Map.of("a", "4", "c", "3"))).isEqualTo(2);
        assertThat(map.putAll(Map.of())).isZero();
        assertThat(entries(map, "")).containsExactlyInAnyOrderEntriesOf(Map.of("a", "4", "b", "2", "c", "3"));

        map.removeAll(List.of("a", "c", "never there"));
        map.removeAll(List.of());
        assertThat(entries(map, "")).containsExactly(Map.entry("b", "2"));
    }

    @Test
    void severalAreReadAtOnce() {
        TextMap map = map("copies");
        map("others").put("a", "9");
        map.putAll(Map.of("a", "1", "b", "", "it's %", "3"));
        assertThat(map.getAll(List.of("a", "b", "it's %", "never there")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("a", "1", "b", "", "it's %", "3"));
        assertThat(map.getAll(List.of())).isEmpty();
    }

    @Test
    void mapsAreApart() {
        TextMap copies = map("copies");
        TextMap others = map("others");
        copies.put("a", "1");
        others.put("a", "2");
        others.put("b", "3");
        copies.clear();
        assertThat(entries(copies, "")).isEmpty();
        assertThat(copies.hasPrefix("")).isFalse();
        assertThat(entries(others, "")).containsExactly(Map.entry("a", "2"), Map.entry("b", "3"));
    }

    @Test
    void prefixesFindTheirKeysInOrder() {
        TextMap map = map("copies");
        map.putAll(Map.of("db /a 1", "", "db /b 2", "", "db2 /a 1", "", "d%", "", "d_", ""));
        assertThat(entries(map, "db ")).containsOnlyKeys("db /a 1", "db /b 2");
        assertThat(entries(map, "db ").keySet()).containsExactly("db /a 1", "db /b 2");
        assertThat(entries(map, "d%")).containsOnlyKeys("d%");
        assertThat(entries(map, "x")).isEmpty();
        assertThat(map.hasPrefix("db2")).isTrue();
        assertThat(map.hasPrefix("db2 /a 1")).isTrue();
        assertThat(map.hasPrefix("db3")).isFalse();
        assertThat(map.hasPrefix("")).isTrue();

        List<String> seen = new ArrayList<>();
        map.each("d", (key, value) -> {
            seen.add(key);
            return seen.size() < 2;
        });
        assertThat(seen).containsExactly("d%", "d_");
    }

    @Test
    void namesAreData() {
        TextMap map = map("copies");
        Map<String, String> odd = new TreeMap<>();
        for (String key : List.of(
                "it's",
                "\"two\"",
                "a\nb",
                "a\tb",
                "back\\slash",
                "%_?",
                "$1",
                "ärger",
                "日本",
                "\uD83D\uDCBE disk",
                " ",
                "\u0001")) {
            odd.put(key, key + key);
        }
        map.putAll(odd);
        assertThat(entries(map, "")).containsExactlyInAnyOrderEntriesOf(odd);
        odd.forEach((key, value) -> {
            assertThat(map.get(key)).isEqualTo(value);
            assertThat(map.hasPrefix(key)).isTrue();
        });
        map.removeAll(odd.keySet());
        assertThat(map.hasPrefix("")).isFalse();
    }

    @Test
    void manyEntriesAreVisitedOnce() {
        TextMap map = map("copies");
        Map<String, String> many = new TreeMap<>();
        for (int i = 0; i < 10_000; i++) {
            many.put("job /folder/%05d".formatted(i), String.valueOf(i));
        }
        map.putAll(many);
        map.put("job /other", "");
        assertThat(entries(map, "job /folder/")).containsExactlyEntriesOf(many);
    }

    @Test
    void aVisitorMayChangeTheMap() {
        TextMap map = map("copies");
        map.putAll(Map.of("a", "1", "b", "2", "c", "3"));
        map.each("", (key, value) -> {
            map.remove(key);
            return true;
        });
        assertThat(entries(map, "")).isEmpty();
    }

    @Test
    void itsSizeIsTheNumberOfItsEntries() {
        TextMap map = map("copies");
        map("other").put("a", "1");
        assertThat(map.size()).isZero();
        map.putAll(Map.of("a", "1", "b", "2", "c", "3"));
        map.remove("b");
        assertThat(map.size()).isEqualTo(2);
    }

    @Test
    void oneOfManyThreadsPutsAKeyFirst() throws Exception {
        TextMap map = map("copies");
        int firsts = 0;
        for (boolean first : together(() -> map.putIfAbsent("a", "1") == null)) {
            firsts += first ? 1 : 0;
        }
        assertThat(firsts).isEqualTo(1);
    }

    protected static <T> List<T> together(Callable<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<T>> futures = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                futures.add(threads.submit(work));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(1, TimeUnit.MINUTES));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
