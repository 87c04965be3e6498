package dev.offsite.cluster.postgres;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.ClusterSettings;
import dev.offsite.ledger.SharedLedgerContract;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The ledger that nodes share, in PostgreSQL. */
class PostgresLedgerIT extends SharedLedgerContract {

    private static PostgresServer server;
    private final List<Cluster> nodes = new ArrayList<>();
    private ClusterSettings settings;

    @BeforeAll
    static void startServer() throws IOException {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() {
        if (server != null) {
            server.close();
        }
    }

    @AfterEach
    void leave() {
        nodes.forEach(Cluster::close);
    }

    @Override
    protected Cluster join() {
        if (settings == null) {
            settings = server.database();
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
