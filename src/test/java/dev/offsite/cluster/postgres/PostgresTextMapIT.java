package dev.offsite.cluster.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.cluster.TextMap;
import dev.offsite.cluster.TextMapContract;
import dev.offsite.support.PostgresServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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

    /** Only of copies: nothing of the others is kept in memory. */
    @Test
    void changesOfCopiesAreCounted() {
        TextMap map = map("copies");
        long before = map.changes();
        map.put("a", "1");
        map.put("a", "1");
        map.putAll(Map.of("a", "1", "b", "2"));
        map.putIfAbsent("b", "3");
        map.putIfAbsent("c", "3");
        map.remove("never there");
        map.removeAll(List.of("never there"));
        assertThat(map.changes()).isEqualTo(before);

        map.put("a", "2");
        assertThat(map.changes()).isEqualTo(before + 1);
        map.putAll(Map.of("a", "2", "b", "3", "d", ""));
        assertThat(map.changes()).isEqualTo(before + 2);
        map.remove("a");
        assertThat(map.changes()).isEqualTo(before + 3);
        map.removeAll(List.of("b", "c"));
        assertThat(map.changes()).isEqualTo(before + 4);
        map.clear();
        assertThat(map.changes()).isEqualTo(before + 5);
        assertThat(entries(map, "")).isEmpty();
    }
}
