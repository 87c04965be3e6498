package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.ClusterSettings;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.PostgresServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes of the distribution that keep to limits together. */
@RequiresSshd
@Timeout(300)
class ClusterLimitsIT {

    @TempDir
    private Path folder;

    private PostgresServer database;
    private ClusterSettings settings;
    private OpenSshServer server;
    private Proxy proxy;
    private Path source;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void install() throws IOException {
        database = PostgresServer.start();
        settings = database.database();
        server = OpenSshServer.start(Files.createDirectory(folder.resolve("server")));
        proxy = new Proxy(server);
        source = Files.createDirectory(folder.resolve("source"));
    }

    @AfterEach
    void stop() throws IOException {
        threads.shutdownNow();
        proxy.close();
        server.close();
        database.close();
    }

    private TestSite site(String node) throws IOException {
        return TestSite.of(Files.createDirectory(folder.resolve(node)), server, folder.resolve("root"))
                .through(proxy)
                .asProcess()
                .job("source", source.toString())
                .job("ready", "0s");
    }

    private TestSite node(String name) throws IOException {
        return site(name)
                .target("cluster", settings.url().orElseThrow())
                .target("cluster.user", settings.user().orElseThrow())
                .target(
                        "cluster.password-file",
                        settings.passwordFile().orElseThrow().toString());
    }

    private void backups(int number, int size) throws IOException {
        backups("file ", number, size);
    }

    private void backups(String name, int number, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < number; i++) {
            bytes[0] = (byte) i;
            TestSite.aged(Files.write(source.resolve(name + i), bytes), Duration.ofMinutes(1));
        }
    }

    private long listed() throws IOException {
        try (var folders = Files.list(folder.resolve("root"))) {
            Path dated = folders.filter(one -> one.getFileName().toString().matches("\\d{8}"))
                    .findFirst()
                    .orElseThrow();
            return Files.readAllLines(dated.resolve("SHA256SUMS")).size();
        }
    }

    private List<Result> ship(List<TestSite> sites) throws Exception {
        List<Future<Result>> all = new ArrayList<>();
        for (TestSite site : sites) {
            all.add(threads.submit(() -> site.run("ship")));
        }
        List<Result> results = new ArrayList<>();
        for (Future<Result> one : all) {
            results.add(one.get(4, TimeUnit.MINUTES));
        }
        return results;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void allNodesTogetherHaveNoMore(int most) throws Exception {
        List<TestSite> sites = new ArrayList<>();
        for (String name : List.of("one", "two", "three")) {
            sites.add(node(name).target("max-connections", String.valueOf(most)));
        }
        backups(60, 300_000);

        List<Result> results = ship(sites);

        assertThat(results)
                .allSatisfy(result -> assertThat(result.exit()).as("%s", result).isZero());
        assertThat(listed()).isEqualTo(60);
        assertThat(proxy.mostOpen()).as("%s", results).isEqualTo(most);
        assertThat(sql("select count(*) from offsite_lease")).isEqualTo("0");
    }

    private String sql(String query) {
        String url = settings.url().orElseThrow();
        return database.sql(url.substring(url.lastIndexOf('/') + 1), query);
    }

    /** A large file goes over several connections, and goes on over one. */
    @Test
    void whoHasSeveralGivesOthersATurn() throws Exception {
        backups(1, 200 << 20);
        TestSite.aged(Files.writeString(source.resolve("small"), "small"), Duration.ofMinutes(1));
        proxy.throttle(4 << 20);
        TestSite one = node("one").target("max-connections", "3").job("include", "file*");
        TestSite two = node("two").target("max-connections", "3").job("include", "small");

        Future<Result> large = threads.submit(() -> one.run("ship"));
        await().atMost(Duration.ofSeconds(60)).until(() -> proxy.connectionsWith(8 << 20) == 3);
        Result small = two.run("ship");

        assertThat(small.exit()).as("%s", small).isZero();
        assertThat(large).isNotDone();
        Result result = large.get(4, TimeUnit.MINUTES);
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(listed()).isEqualTo(2);
        assertThat(proxy.mostOpen()).isEqualTo(3);
    }

    @Test
    void aMachineAloneHasNoMore() throws Exception {
        backups(30, 300_000);
        Result result = site("alone").target("max-connections", "2").run("ship");

        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(listed()).isEqualTo(30);
        assertThat(proxy.mostOpen()).isEqualTo(2);
    }

    /** How close they come to it depends on the machine; each on its own would be three times as fast. */
    @Test
    void aBandwidthLimitIsThatOfAllNodes() throws Exception {
        List<TestSite> sites = new ArrayList<>();
        for (String name : List.of("one", "two", "three")) {
            sites.add(node(name).target("limit", "10MiB/s").job("parallel", "2").job("include", name + "/*"));
            Files.createDirectory(source.resolve(name));
            backups(name + "/file ", 3, 16 << 20);
        }

        Future<List<Result>> results = threads.submit(() -> ship(sites));
        await().atMost(Duration.ofSeconds(60)).until(() -> proxy.bytes() > 16 << 20);
        long first = proxy.bytes();
        long begin = System.nanoTime();
        await().atMost(Duration.ofSeconds(60)).until(() -> proxy.bytes() > first + (100 << 20));
        double rate = (proxy.bytes() - first) / ((System.nanoTime() - begin) / 1e9);

        assertThat(rate / (1 << 20)).isBetween(6.0, 11.0);
        assertThat(results.get(4, TimeUnit.MINUTES))
                .allSatisfy(result -> assertThat(result.exit()).as("%s", result).isZero());
    }

    /** As before: nobody asks for leases. */
    @Test
    void withoutTheSettingEachNodeHasItsOwn() throws Exception {
        backups(30, 300_000);
        List<Result> results = ship(List.of(node("one"), node("two")));

        assertThat(results)
                .allSatisfy(result -> assertThat(result.exit()).as("%s", result).isZero());
        assertThat(proxy.mostOpen()).isGreaterThan(3);
        assertThat(sql("select count(*) from offsite_done, offsite_lease_wait")).isEqualTo("0");
    }
}
