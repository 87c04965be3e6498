package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code offsite scrub} against a real server. */
@RequiresSshd
@Timeout(300)
class ScrubIT {

    private static final String HOLD = "damage ";

    private static OpenSshServer server;

    @TempDir
    private Path folder;

    private TestSite offsite;

    @BeforeAll
    static void startServer(@TempDir Path home) throws IOException {
        server = OpenSshServer.start(home);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server).job("ready", "1s");
    }

    /** A hundred copies, which differ in size and in depth. */
    private List<String> shipAHundred() throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            String name = (i % 3 == 0 ? "it's sub $(x)/" : "") + "dump %02d.gz".formatted(i);
            offsite.backup(name, "x".repeat(1 + i * 100));
            names.add(name);
        }
        assertThat(offsite.run("ship").exit()).isZero();
        return names;
    }

    private Path dated() {
        return offsite.folders().get(0);
    }

    private static void flip(Path file, Random random) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, bytes);
    }

    private String status() throws IOException {
        return Files.readString(offsite.state().resolve("db.status"));
    }

    @Test
    void oneFlippedBitIsFoundInEachOfAHundredAndWhatIsStillHereIsShippedAgain() throws IOException {
        List<String> names = shipAHundred();
        Map<String, String> before = offsite.remote();
        Random random = new Random(4);
        for (String name : names) {
            flip(dated().resolve(name), random);
        }
        Files.move(offsite.source(), folder.resolve("away"));
        Files.createDirectories(offsite.source());

        Result found = offsite.run("scrub");

        assertThat(found.exit()).as("%s", found).isEqualTo(ExitCode.FAILED);
        for (String name : names) {
            assertThat(found.out()).contains("db  changed    %s/%s: ".formatted(dated().getFileName(), name));
        }
        assertThat(found.out()).contains("db: 100 changed of 100 copies");
        assertThat(offsite.run("prune").err()).contains("nothing pruned: ", " missing or damaged on the server");

        Files.delete(offsite.source());
        Files.move(folder.resolve("away"), offsite.source());
        offsite.backup(names.get(1), "another dump");
        Result healed = offsite.run("scrub", "db", "--json");

        assertThat(healed.exit()).as("%s", healed).isEqualTo(ExitCode.FAILED);
        JsonObject result = (JsonObject)
                ((JsonArray) Jsoner.deserialize(healed.out(), new JsonObject()).get("jobs")).get(0);
        assertThat(result)
                .containsEntry("job", "db")
                .containsEntry("problem", null)
                .extractingByKey("findings", org.assertj.core.api.InstanceOfAssertFactories.list(JsonObject.class))
                .hasSize(100)
                .filteredOn(finding -> Boolean.FALSE.equals(finding.get("healed")))
                .singleElement()
                .satisfies(finding -> assertThat(finding)
                        .containsEntry("name", names.get(1))
                        .containsEntry("state", "changed")
                        .containsEntry("folder", dated().getFileName().toString()));
        assertThat(offsite.run("prune").err()).contains("nothing pruned: ", " missing or damaged on the server");

        Map<String, String> after = offsite.remote();
        String stays = dated().getFileName() + "/" + names.get(1);
        assertThat(after.remove(stays)).isNotEqualTo(before.remove(stays));
        assertThat(after).as("byte for byte, with the same SHA256SUMS").isEqualTo(before);
    }

    @Test
    void missingAndExtraFilesAndADamagedListAreNamed() throws IOException {
        offsite.backup("gone", "gone");
        offsite.backup("kept", "kept");
        assertThat(offsite.run("ship").exit()).isZero();
        Result clean = offsite.run("scrub");
        assertThat(clean.exit()).isZero();
        assertThat(clean.out()).contains("db: 2 copies hashed again (", "), all unchanged");
        Path dated = dated();
        Files.delete(offsite.source().resolve("gone"));
        Files.delete(dated.resolve("gone"));
        Files.writeString(dated.resolve("extra\n"), "?");
        Path older = Files.createDirectories(offsite.root().resolve("20200101"));
        Files.writeString(older.resolve("SHA256SUMS"), "0123  ../../etc/passwd\n");

        Result result = offsite.run("scrub");

        assertThat(result.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(result.out())
                .contains("db  missing    %s/gone: ".formatted(dated.getFileName()))
                .contains("/extra\\n: SHA256SUMS does not list it")
                .contains("db  unlisted   20200101: SHA256SUMS line 1: ")
                .contains("db: 1 missing, 1 extra, 1 unlisted of 2 copies");
        assertThat(result.err()).doesNotContain("Exception");
        assertThat(status()).contains(HOLD);
    }

    @Test
    void aServerThatIsNotThereIsSaidSo() {
        offsite.target("port", "1");

        Result result = offsite.run("scrub");

        assertThat(result.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(result.out()).contains("NOT finished: ", "cannot be reached");
    }

    /** Invariant 9. */
    @Test
    void theServiceScrubsOnScheduleAndNobodyElseMeanwhile() throws IOException {
        offsite.backup("dump", "dump");
        assertThat(offsite.run("ship").exit()).isZero();
        Files.writeString(dated().resolve("dump"), "dUmp");
        offsite.target("scrub.schedule", "* * * ? * *").job("poll", "1d");
        try (Running service = offsite.start("serve")) {
            await().atMost(Duration.ofSeconds(60)).until(() -> service.err().contains("shipped again and verified"));
            assertThat(dated().resolve("dump")).hasContent("dump");
            assertThat(offsite.run("scrub").exit()).isEqualTo(ExitCode.BUSY);
        }
    }
}
