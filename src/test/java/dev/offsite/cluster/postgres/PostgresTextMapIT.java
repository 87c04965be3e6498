package dev.offsite.cluster.postgres;

import dev.offsite.cluster.TextMap;
import dev.offsite.cluster.TextMapContract;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

class PostgresTextMapIT extends TextMapContract {

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
    protected TextMap map(String name) {
        return cluster.map(name);
    }
}
