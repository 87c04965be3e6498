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

/** Processes of the distribution that may have few connections to a server together. */
@RequiresSshd
@Timeout(300)
class MaxConnectionsIT {

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
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        for (int i = 0; i < number; i++) {
            bytes[0] = (byte) i;
            TestSite.aged(Files.write(source.resolve("file " + i), bytes), Duration.ofMinutes(1));
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

    /** Large files go over several connections. They go on with fewer. */
    @Test
    void whoHasSeveralGivesOthersATurn() throws Exception {
        backups(2, 96 << 20);
        TestSite.aged(Files.writeString(source.resolve("small"), "small"), Duration.ofMinutes(1));
        proxy.throttle(4 << 20);
        TestSite one = node("one").target("max-connections", "3").job("include", "file*");
        TestSite two = node("two").target("max-connections", "3").job("include", "small");

        Future<Result> large = threads.submit(() -> one.run("ship"));
        await().atMost(Duration.ofSeconds(60)).until(() -> proxy.mostOpen() == 3);
        Result small = two.run("ship");

        assertThat(small.exit()).as("%s", small).isZero();
        assertThat(large).isNotDone();
        Result result = large.get(4, TimeUnit.MINUTES);
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(listed()).isEqualTo(3);
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
