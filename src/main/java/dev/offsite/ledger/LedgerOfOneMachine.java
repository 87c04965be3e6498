package dev.offsite.ledger;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.MigrationMark;
import dev.offsite.io.StateException;
import dev.offsite.io.StateFolder;
import dev.offsite.io.Text;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledger of a machine that shipped alone before it became a node of a cluster. */
final class LedgerOfOneMachine {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private LedgerOfOneMachine() {}

    /** Warns if the machine knows files that were shipped, and the cluster knows none. */
    static void warn(Path folder, Cluster nodes) {
        Path file = folder.resolve(LedgerStore.NAME);
        try {
            if (!Files.exists(file) || MigrationMark.of(new StateFolder(folder)).isPresent()) {
                return;
            }
            long known = LedgerStore.sizes(file).getOrDefault("copies", 0L);
            if (known > 0 && !nodes.map("copies").hasPrefix("")) {
                LOG.warn(
                        "cluster: this machine knows {} that it shipped alone, and the cluster's database ({}) knows none: stop"
                                + " Offsite, and take them over with offsite migrate --to-cluster",
                        Text.files(known),
                        nodes.place());
            }
        } catch (StateException e) {
            LOG.debug("{} is not looked at", file, e);
        }
    }
}
