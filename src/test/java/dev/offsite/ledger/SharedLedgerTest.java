package dev.offsite.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.MemoryCluster;
import dev.offsite.cluster.SingleNode;
import dev.offsite.support.Fixtures;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedLedgerTest extends SharedLedgerContract {

    private final MemoryCluster.Memory memory = new MemoryCluster.Memory();

    @Override
    protected Cluster join() {
        return memory.join();
    }

    @Override
    protected void kill(Cluster node) {
        ((MemoryCluster) node).die();
    }

    /** Invariant 3: before the first write to a remote folder, it survives a power cut that it will be written to. */
    @Test
    void whatMustNotBeForgottenIsMadeDurableAtOnce() throws Exception {
        try (Ledger ledger = new Ledger("/nowhere")) {
            ledger.setCluster(() -> join());
            ledger.start();
            ledger.openFolder(Fixtures.job("db", "/srv/db"), "/srv/db/20260131");
            assertThat(memory.syncs()).isEqualTo(1);
            ledger.publish(Fixtures.job("db", "/srv/db"), "20260131", Map.of("a", "abc"));
            assertThat(memory.syncs()).isEqualTo(2);
            ledger.flush();
            assertThat(memory.syncs()).isEqualTo(2);
        }
    }

    @Test
    void theLedgerOfASingleMachineIsAFile(@TempDir Path folder) throws Exception {
        try (Ledger ledger = new Ledger(folder.toString())) {
            ledger.setCluster(() -> new SingleNode(null));
            ledger.start();
            ledger.add("key");
        }
        assertThat(folder.resolve("ledger.mv")).isNotEmptyFile();
    }
}
