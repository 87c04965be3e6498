package dev.offsite.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.cluster.TextMap;
import dev.offsite.io.StateException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreMapTest {

    @TempDir
    private Path folder;

    private LedgerStore store;
    private TextMap map;

    @BeforeEach
    void open() {
        store = LedgerStore.open(folder.resolve("ledger.mv"));
        map = store.map("copies");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void saysWhatWasThereBefore() {
        assertThat(map.get("a")).isNull();
        assertThat(map.containsKey("a")).isFalse();
        assertThat(map.put("a", "1")).isNull();
        assertThat(map.put("a", "2")).isEqualTo("1");
        assertThat(map.putIfAbsent("a", "3")).isEqualTo("2");
        assertThat(map.putIfAbsent("b", "")).isNull();
        assertThat(map.containsKey("b")).isTrue();
        assertThat(map.get("a")).isEqualTo("2");
        assertThat(map.remove("a")).isEqualTo("2");
        assertThat(map.remove("a")).isNull();
        assertThat(map.get("b")).isEmpty();
    }

    @Test
    void putsAndRemovesMany() {
        map.put("a", "1");
        assertThat(map.putAll(Map.of("a", "2", "b", "3", "c", ""))).isEqualTo(1);
        assertThat(all("")).containsExactly("a=2", "b=3", "c=");
        map.removeAll(List.of("a", "c", "d"));
        assertThat(all("")).containsExactly("b=3");
        map.clear();
        assertThat(all("")).isEmpty();
    }

    private List<String> all(String prefix) {
        List<String> all = new ArrayList<>();
        map.each(prefix, (key, value) -> all.add(key + "=" + value));
        return all;
    }

    @Test
    void findsKeysByTheirBeginning() {
        assertThat(map.hasPrefix("")).isFalse();
        map.putAll(Map.of("a", "1", "b 2", "2", "b 1", "3", "b", "4", "c", "5"));
        assertThat(map.hasPrefix("")).isTrue();
        assertThat(map.hasPrefix("b ")).isTrue();
        assertThat(map.hasPrefix("b 3")).isFalse();
        assertThat(map.hasPrefix("d")).isFalse();
        assertThat(all("b ")).containsExactly("b 1=3", "b 2=2");

        List<String> some = new ArrayList<>();
        map.each("b", (key, value) -> {
            some.add(key);
            return some.size() < 2;
        });
        assertThat(some).containsExactly("b", "b 1");
    }

    /** What an earlier version wrote is read, and it can read this. */
    @Test
    void isAMapOfTextsInTheStore() {
        map.put("a", "1");
        store.close();
        Path file = folder.resolve("ledger.mv");
        try (MVStore plain = new MVStore.Builder().fileName(file.toString()).open()) {
            assertThat(plain.<String, String>openMap("copies")).containsExactlyEntriesOf(Map.of("a", "1"));
        }
    }

    @Test
    void failsInOneLineThatSaysWhere() {
        store.close();
        assertThatThrownBy(() -> map.putAll(Map.of("a", "1")))
                .isInstanceOf(StateException.class)
                .hasMessageContaining(folder.resolve("ledger.mv").toString())
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> map.removeAll(List.of("a"))).isInstanceOf(StateException.class);
    }
}
