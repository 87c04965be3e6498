package dev.offsite.cluster.postgres;

import dev.offsite.io.StateStore;
import dev.offsite.io.StateStoreContract;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresStateStoreIT extends StateStoreContract {

    @AutoClose
    private static PostgresServer server;

    private PostgresCluster cluster;

    @BeforeAll
    static void startServer() throws IOException {
        server = PostgresServer.start();
    }

    @BeforeEach
    void open() throws IOException {
        cluster = PostgresCluster.open(server.database(), "1", Times.USUAL);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Override
    protected StateStore store() {
        return cluster.state();
    }
}
