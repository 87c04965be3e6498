package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.ClusterSettings;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.PostgresServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes of the distribution that ship the same job together. */
@RequiresSshd
@Timeout(300)
class ClusterIT {

    private static final Pattern SHIPPED = Pattern.compile(" INFO +db: (\\S+) -> ");

    @TempDir
    private Path folder;

    private PostgresServer database;
    private ClusterSettings settings;
    private OpenSshServer server;
    private Path source;
    private final List<TestSite> sites = new ArrayList<>();
    private final List<Running> services = new ArrayList<>();

    @BeforeEach
    void install() throws IOException {
        database = PostgresServer.start();
        settings = database.database();
        server = OpenSshServer.start(Files.createDirectory(folder.resolve("server")));
        source = Files.createDirectory(folder.resolve("source"));
        for (String node : List.of("one", "two", "three")) {
            sites.add(site(node));
        }
    }

    private TestSite site(String node) throws IOException {
        return TestSite.of(Files.createDirectory(folder.resolve(node)), server, folder.resolve("root"))
                .asProcess()
                .job("source", source.toString())
                .job("ready", "0s")
                .job("poll", "1s")
                .target("cluster", settings.url().orElseThrow())
                .target("cluster.user", settings.user().orElseThrow())
                .target(
                        "cluster.password-file",
                        settings.passwordFile().orElseThrow().toString());
    }

    @AfterEach
    void stop() {
        services.forEach(Running::close);
        server.close();
        database.close();
    }

    private void backups(String name, int number) throws IOException {
        for (int i = 0; i < number; i++) {
            TestSite.aged(Files.writeString(source.resolve(name + i), name + " " + i), Duration.ofMinutes(1));
        }
    }

    private Running serve(TestSite site) {
        Running service = site.start("serve");
        services.add(service);
        return service;
    }

    /** All names that services say they have shipped, each as often as it was said. */
    private List<String> shipped() {
        return services.stream()
                .flatMap(service -> SHIPPED.matcher(service.err()).results())
                .map(found -> found.group(1))
                .toList();
    }

    private int listed() throws IOException {
        if (!Files.exists(folder.resolve("root"))) {
            return 0;
        }
        try (var folders = Files.list(folder.resolve("root"))) {
            for (Path dated : folders.filter(Files::isDirectory).toList()) {
                Path sums = dated.resolve("SHA256SUMS");
                if (Files.exists(sums)) {
                    return Files.readAllLines(sums).size();
                }
            }
        }
        return 0;
    }

    private void awaitListed(int number) {
        await().atMost(Duration.ofSeconds(90)).untilAsserted(() -> assertThat(listed())
                .as("%s", services.stream().map(Running::err).toList())
                .isEqualTo(number));
    }

    private String sql(String query) {
        String url = settings.url().orElseThrow();
        return database.sql(url.substring(url.lastIndexOf('/') + 1), query);
    }

    @Test
    void whatOneNodeHasShippedTheOthersKnow() throws IOException {
        backups("a", 3);
        Result first = sites.get(0).run("ship");
        assertThat(first.exit()).as("%s", first).isZero();
        Result second = sites.get(1).run("ship");
        assertThat(second.exit()).as("%s", second).isZero();
        assertThat(second.out() + second.err()).contains("nothing new");

        assertThat(sites.get(2).run("status", "--json").out()).contains("\"job\":\"db\"");
        assertThat(sites.get(2).run("history", "db").out().lines().filter(line -> line.contains(" ship ")))
                .hasSize(2);
        assertThat(sites.get(1).state().resolve("ledger.mv")).doesNotExist();
    }

    @Test
    void aDryRunChangesNothing() throws IOException {
        backups("a", 3);
        assertThat(sites.get(0).run("ship").exit()).isZero();
        // A real run would note that it is still the same file, and that b was not yet shipped.
        Files.setPosixFilePermissions(source.resolve("a0"), PosixFilePermissions.fromString("rw-------"));
        backups("b", 1);
        String before = content();

        Result dry = sites.get(1).run("ship", "--dry-run");

        assertThat(dry.exit()).as("%s", dry).isZero();
        assertThat(dry.out()).contains("b0").doesNotContain("a0");
        assertThat(content()).isEqualTo(before);
    }

    /** All rows of all tables. */
    private String content() {
        return Stream.of(sql("select tablename from pg_tables where schemaname = 'public'")
                        .split("\n"))
                .sorted()
                .map(table -> table + ":\n" + sql("select * from " + table + " as row order by row::text"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void eachFileIsShippedOnceAndNothingIsLostWithANode() throws Exception {
        List<Running> running = sites.stream().map(this::serve).toList();
        backups("a", 200);
        awaitListed(200);
        running.get(0).kill();
        backups("b", 200);
        awaitListed(400);
        // Those of the node that was killed end when the others notice its death.
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(sql("select count(*) from offsite_claim"))
                .isEqualTo("0"));

        assertThat(shipped()).doesNotHaveDuplicates();
        // What the killed node had published, but not recorded, is found by another one.
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(sql("select count(*) from offsite_ledger where map = 'copies'"))
                        .isEqualTo("400"));
        assertThat(TestSite.tool(dated(), "sha256sum", "--check", "--quiet", "SHA256SUMS")
                        .exit())
                .isZero();
    }

    /** Not only at the next poll, which may be hours away. */
    @Test
    void whatADeadNodeWasShippingGoesToTheOthersAtOnce() throws Exception {
        sites.get(0).job("limit", "10KiB/s");
        sites.get(1).job("poll", "10m");
        Running first = serve(sites.get(0));
        serve(sites.get(1));
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(sql("select count(*) from offsite_node"))
                .isEqualTo("2"));
        TestSite.aged(Files.write(source.resolve("large"), new byte[3 << 20]), Duration.ofMinutes(1));
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(sql("select count(*) from offsite_claim"))
                .isEqualTo("1"));
        first.kill();

        await().atMost(Duration.ofSeconds(45))
                .untilAsserted(() -> assertThat(listed()).isEqualTo(1));
    }

    private Path dated() throws IOException {
        try (var folders = Files.list(folder.resolve("root"))) {
            return folders.filter(one -> one.getFileName().toString().matches("\\d{8}"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void whileTheDatabaseIsAwayNothingIsShippedAndItGoesOnByItself() throws Exception {
        Running service = serve(sites.get(0));
        backups("a", 5);
        awaitListed(5);

        database.stop();
        backups("b", 5);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(service.err())
                .contains("cannot be reached: ")
                .contains("it goes on by itself when it is back"));
        assertThat(listed()).isEqualTo(5);

        database.startAgain();
        awaitListed(10);
        assertThat(shipped()).doesNotHaveDuplicates();
        assertThat(service.err().lines().filter(line -> line.contains("cannot be reached: ")))
                .hasSizeLessThan(4);
    }

    @Test
    void aScheduleRunsOnOneNode() throws Exception {
        backups("a", 1);
        sites.forEach(site -> site.target("drill.schedule", "0/5 * * * * ?"));
        sites.forEach(this::serve);
        awaitListed(1);
        await().atMost(Duration.ofSeconds(90)).until(() -> drills().size() >= 4);

        assertThat(drills().stream().map(line -> line.substring(0, "2026-11-30 20:23:3".length() + 1)))
                .as("%s", drills())
                .doesNotHaveDuplicates();
    }

    /** The lines of the history, each beginning with its time. */
    private List<String> drills() {
        return sites.get(0)
                .run("history", "db")
                .out()
                .lines()
                .filter(line -> line.contains(" drill "))
                .toList();
    }
}
