package dev.offsite.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.cluster.MemoryCluster;
import dev.offsite.cluster.TextMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LedgerMoveTest {

    private final MemoryCluster file = new MemoryCluster.Memory().join();
    private final MemoryCluster shared = new MemoryCluster.Memory().join();
    private final AtomicLong done = new AtomicLong();
    private final LedgerMove move = new LedgerMove(file::map, shared::map, done::addAndGet);

    private void copied(int number) {
        IntStream.range(0, number).forEach(i -> file.map("copies").put("key " + i, "value"));
        move.toShared();
    }

    @Test
    void whatWasCopiedIsTheSame() {
        copied(5001);
        assertThat(LedgerMove.size(shared::map)).isEqualTo(5001);
        assertThat(move.difference()).isEmpty();
        assertThat(done).hasValue(2 * 5001);
    }

    @Test
    void everyDifferenceIsFound() {
        copied(3);
        TextMap there = shared.map("copies");
        there.put("key 1", "other");
        assertThat(move.difference()).contains("copies: key 1");
        there.remove("key 1");
        assertThat(move.difference()).contains("copies: key 1");
        there.putAll(Map.of("key 1", "value", "more\n", ""));
        assertThat(move.difference())
                .get()
                .asString()
                .startsWith("copies: more")
                .doesNotContain("\n");
        there.remove("more\n");
        assertThat(move.difference()).isEmpty();
        shared.map("published").put("p", "");
        assertThat(move.difference()).contains("published: p");
    }

    @Test
    void openFoldersHaveANodeInAClusterOnly() {
        TextMap alone = file.map("openFolders");
        TextMap nodes = shared.map("openFolders");
        alone.put("to /srv/a b", "/srv/a b");
        move.toShared();
        assertThat(nodes.get("to 00000000 /srv/a b")).isEqualTo("00000000 /srv/a b");
        assertThat(move.difference()).isEmpty();

        alone.put("to /srv/c", "/srv/c");
        assertThat(move.difference()).contains("openFolders: to /srv/c");
        alone.clear();
        assertThat(move.difference()).contains("openFolders: to 00000000 /srv/a b");

        nodes.put("to 12345678 /srv/a b", "12345678 /srv/a b");
        move.toFile(() -> {});
        assertThat(alone.size()).isOne();
        assertThat(alone.get("to /srv/a b")).isEqualTo("/srv/a b");
        assertThat(move.difference()).isEmpty();
    }
}
