package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ship --dry-run} says is what {@code ship} does, and it changes nothing. */
@Timeout(120)
class DryRunIT {

    private static EmbeddedServer server;

    @TempDir
    private Path folder;

    private TestSite offsite;

    @BeforeAll
    static void startServer(@TempDir Path home) throws Exception {
        server = EmbeddedServer.start(home);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server).job("ready", "1s").job("root", "/srv/off site/" + folder.getFileName());
    }

    private Path root() {
        return offsite.root().resolve(folder.getFileName());
    }

    private static JsonObject job(Result result) {
        JsonObject all = Jsoner.deserialize(result.out(), new JsonObject());
        assertThat(all).containsEntry("verb", "ship").containsKeys("version", "dryRun");
        JsonArray jobs = (JsonArray) all.get("jobs");
        assertThat(jobs).hasSize(1);
        return (JsonObject) jobs.get(0);
    }

    private static Map<String, String> states(JsonObject job) {
        Map<String, String> states = new TreeMap<>();
        ((JsonArray) job.get("files"))
                .forEach(file ->
                        states.put(((JsonObject) file).getString("name"), ((JsonObject) file).getString("state")));
        return states;
    }

    /** Every file below the site's folder, with its size and time, but not those of this test's runs. */
    private Map<String, String> everything() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                all.put(
                        folder.relativize(file).toString(),
                        Files.isDirectory(file)
                                ? "folder"
                                : Files.size(file) + " "
                                        + Files.getLastModifiedTime(file, java.nio.file.LinkOption.NOFOLLOW_LINKS));
            }
        }
        all.remove("application.properties");
        return all;
    }

    @Test
    void saysWhereEachFileGoesAndWhatIsNotReadyAndWhy() throws Exception {
        offsite.job("exclude", "*.tmp").job("ready", "1h");
        TestSite.aged(offsite.backup("app.dump", "dump"), java.time.Duration.ofHours(2));
        TestSite.aged(offsite.backup(".hidden", "dump"), java.time.Duration.ofHours(2));
        TestSite.aged(offsite.backup("bad", "dump"), java.time.Duration.ofHours(2));
        TestSite.aged(offsite.backup("bad.sha256", "0".repeat(64) + "  bad\n"), java.time.Duration.ofHours(2));
        offsite.backup("a.tmp", "x");
        offsite.writeNow("new", "still being written");
        Map<String, String> before = everything();

        Result result = offsite.run("ship", "--dry-run");

        assertThat(result.exit()).as("%s", result).isEqualTo(1);
        String dated = "/srv/off site/" + folder.getFileName() + "/[0-9]{8}";
        List<String> lines = result.out().lines().toList();
        assertThat(lines).hasSize(7);
        assertThat(lines.get(0)).matches("db  \\.hidden +4 B  would be shipped to " + dated);
        assertThat(lines.get(1)).matches("db  app\\.dump +4 B  would be shipped to " + dated);
        assertThat(lines.get(3)).matches("db  new +19 B  not ready: it is still changing");
        assertThat(lines.get(4)).matches("db  bad +4 B  would NOT be shipped: it does not match bad\\.sha256 .*");
        assertThat(lines.get(5)).matches("db  a\\.tmp +-  left out: include and exclude do not select it");
        assertThat(lines.get(6))
                .startsWith("db: 3 files would be shipped to /srv/off site/")
                .contains(
                        " on " + server.user() + "@",
                        ", 1 file not ready yet, 1 file would NOT be shipped, 1 file left out");
        assertThat(everything()).isEqualTo(before);
        assertThat(root()).doesNotExist();

        JsonObject job = job(offsite.run("ship", "--dry-run", "--json"));
        assertThat(job.getInteger("ready")).isEqualTo(3);
        assertThat(states(job))
                .containsEntry("app.dump", "ready")
                .containsEntry("bad", "failed")
                .containsEntry("new", "changing")
                .containsEntry("a.tmp", "left out");
    }

    @Test
    void whatItSaysIsWhatTheRunDoes() throws Exception {
        offsite.backup("app.dump", "dump");
        offsite.backup("in/other", "other");
        JsonObject planned = job(offsite.run("ship", "--dry-run", "--json"));
        assertThat(offsite.state()).doesNotExist();

        Result shipped = offsite.run("ship", "--json");

        assertThat(shipped.exit()).as("%s", shipped).isZero();
        JsonObject job = job(shipped);
        assertThat(states(job))
                .containsExactlyInAnyOrderEntriesOf(Map.of("app.dump", "shipped", "in/other", "shipped"));
        assertThat(job.get("folders")).isEqualTo(planned.get("folders"));
        assertThat(job.get("bytes")).isEqualTo(planned.get("bytes"));
        JsonObject file = (JsonObject) ((JsonArray) job.get("files")).get(0);
        assertThat(file.getString("sha256")).hasSize(64);
        assertThat(file.getString("verification")).isEqualTo("hash");

        offsite.backup("next", "next");
        Map<String, String> before = everything();
        assertThat(states(job(offsite.run("ship", "--dry-run", "--json"))))
                .containsExactlyInAnyOrderEntriesOf(Map.of("next", "ready"));
        assertThat(everything()).isEqualTo(before);
    }

    /** Otherwise the next ship would take it for a new installation, and search no server. */
    @Test
    void aLostLedgerIsStillMissedAfterIt() throws Exception {
        offsite.backup("app.dump", "dump");
        assertThat(offsite.run("ship").exit()).isZero();
        Files.delete(offsite.state().resolve("ledger.mv"));
        Files.delete(offsite.state().resolve("ledger.check"));

        Result dry = offsite.run("ship", "--dry-run");
        assertThat(dry.exit()).isZero();
        assertThat(dry.out()).contains("the ledger here knows none of the job's files");
        assertThat(offsite.state().resolve("ledger.mv")).doesNotExist();

        assertThat(states(job(offsite.run("ship", "--json"))))
                .containsExactlyInAnyOrderEntriesOf(Map.of("app.dump", "present"));
    }

    @Test
    void worksWhileTheServiceRuns() throws Exception {
        offsite.backup("app.dump", "dump");
        try (TestSite.Running service = offsite.job("poll", "1h").start("serve")) {
            Awaitility.await().atMost(java.time.Duration.ofSeconds(60)).until(() -> service.err()
                    .contains("app.dump ->"));
            offsite.backup("next", "next");
            Result dry = offsite.run("ship", "--dry-run", "--json");
            assertThat(dry.exit()).as("%s", dry).isZero();
            assertThat(states(job(dry))).containsKey("next");
            assertThat(offsite.run("ship").exit()).isEqualTo(4);
        }
    }

    @Test
    void aDamagedLedgerIsNamedAsTheOneThatItIs() throws Exception {
        offsite.backup("app.dump", "dump");
        assertThat(offsite.run("ship").exit()).isZero();
        Path ledger = offsite.state().resolve("ledger.mv");
        byte[] bytes = Files.readAllBytes(ledger);
        bytes[bytes.length / 2] ^= 1;
        Files.write(ledger, bytes);

        Result dry = offsite.run("ship", "--dry-run");

        assertThat(dry.exit()).isEqualTo(1);
        assertThat(dry.complaints()).singleElement().asString().contains("the ledger " + ledger + " is damaged");
    }

    @Test
    void aSourceThatIsMissing() throws Exception {
        Files.delete(offsite.source());

        Result dry = offsite.run("ship", "--dry-run");

        assertThat(dry.exit()).isEqualTo(1);
        assertThat(dry.out())
                .isEqualTo("db: nothing would be shipped now; the source folder " + offsite.source() + " is missing\n");
        assertThat(offsite.job("colour", "red").run("ship", "--dry-run").exit()).isEqualTo(2);
    }

    /** It has the names of the files here. */
    @Test
    void nobodyElseMayReadTheCopyOfTheLedger() throws Exception {
        offsite.backup("app.dump", "dump");
        assertThat(offsite.run("ship").exit()).isZero();
        try (ScratchState scratch = ScratchState.of(offsite.state())) {
            Path copy = scratch.in(Configuration.load(offsite.configuration())).state();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                    .isEqualTo("rwx------");
            assertThat(copy.resolve("ledger.mv")).exists();
        }
    }
}
