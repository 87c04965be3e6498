package dev.offsite.cluster.postgres;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.ledger.SharedLedgerContract;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;

/** The ledger that nodes share, in PostgreSQL. */
class PostgresLedgerIT extends SharedLedgerContract {

    @AutoClose
    private static PostgresServer server;

    private final List<Cluster> nodes = new ArrayList<>();
    private ClusterSettings settings;

    @BeforeAll
    static void startServer() throws IOException {
        server = PostgresServer.start();
    }

    @AfterEach
    void leave() {
        nodes.forEach(Cluster::close);
    }

    @Override
    protected Cluster join() {
        try {
            settings = settings == null ? server.database() : settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Cluster node = PostgresCluster.open(settings, "1", PostgresClusterIT.QUICK);
        node.join();
        nodes.add(node);
        return node;
    }

    @Override
    protected void kill(Cluster node) {
        node.close();
    }
}
