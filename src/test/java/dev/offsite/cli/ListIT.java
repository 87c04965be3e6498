package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is off-site is listed, for people and for programs; also while the service runs. */
@RequiresSshd
@Timeout(120)
class ListIT {

    @TempDir
    static Path folder;

    private static OpenSshServer server;
    private static TestSite offsite;
    private static String today;

    @BeforeAll
    static void shipped() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = TestSite.of(folder, server);
        offsite.backup("small", "s");
        offsite.backup("in/large", "l".repeat(5000));
        assertThat(offsite.run("ship").exit()).isZero();
        today = offsite.folders().get(0).getFileName().toString();
        Path dated = offsite.folders().get(0);
        Files.writeString(dated.resolve("new\nline"), "not listed");
        Path old = Files.createDirectories(offsite.root().resolve("20200102"));
        Files.writeString(old.resolve("SHA256SUMS"), "0".repeat(64) + "  gone\n");
        Files.createDirectories(offsite.root().resolve("20200101"));
        Files.createDirectories(offsite.root().resolve(".trash/20190101"));
        Files.createDirectories(offsite.root().resolve("20200230"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> lines(String... arguments) {
        Result result = offsite.run(arguments);
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.complaints()).isEmpty();
        return result.out().lines().toList();
    }

    private static JsonObject json(String... arguments) throws Exception {
        return (JsonObject) Jsoner.deserialize(String.join("\n", lines(arguments)));
    }

    /** The files were written an hour ago, and have arrived just now. */
    @Test
    void allJobs() throws Exception {
        assertThat(lines("list").get(1))
                .matches("db +" + today + " +[0-9]+ s +2 +4.9 KiB +3 +4.9 KiB  1 damaged; 1 unverified; 1 in trash");

        JsonObject job = (JsonObject) ((JsonArray) json("list", "--json").get("jobs")).get(0);
        assertThat(job)
                .containsEntry("job", "db")
                .containsEntry("root", offsite.root().toString())
                .containsKeys("target", "newest", "folders", "bytes", "damaged", "unverified", "trash", "drill");
        assertThat(job.getInteger("bytes")).isEqualTo(5001);
    }

    @Test
    void theFoldersOfAJob() throws Exception {
        List<String> lines = lines("list", "db");
        assertThat(lines).hasSize(5);
        assertThat(lines.get(1)).matches(today + " +2 +4.9 KiB  hash +complete");
        assertThat(lines.get(2)).matches("20200102 +0 +0 B  - +damaged: 1 missing");
        assertThat(lines.get(3)).matches("20200101 +0 +0 B  - +unverified: no SHA256SUMS");
        assertThat(lines.get(4)).matches("20190101 +0 +0 B  - +in trash: no SHA256SUMS");

        JsonArray folders = (JsonArray) json("list", "db", "--json").get("folders");
        assertThat(folders).hasSize(4);
        assertThat((JsonObject) folders.get(0))
                .containsEntry("folder", today)
                .containsEntry("state", "complete")
                .containsEntry("verification", "hash")
                .containsKeys("date", "path", "problem", "files", "bytes", "modified", "arrived");
    }

    @Test
    void theFilesOfAFolder() throws Exception {
        List<String> lines = lines("list", "db", today);
        assertThat(lines).hasSize(4);
        assertThat(lines.get(1)).matches(" *4.9 KiB  [-0-9]{10} [:0-9]{8}  hash +in/large");
        assertThat(lines.get(2)).matches(" *10 B  .*  unverified +new\\\\nline");
        assertThat(lines("list", "db", "latest", "--sort", "size").get(3)).endsWith("  small");
        assertThat(lines("list", "db", "latest", "--sort=time").get(1)).endsWith("  new\\nline");
        assertThat(lines("list", "db", "2020-01-02"))
                .anyMatch(line -> line.matches(" +- +- +missing +gone"))
                .contains("db 20200102: damaged: 1 missing");

        JsonArray files = (JsonArray) json("list", "db", today, "--json").get("files");
        assertThat((JsonObject) files.get(0))
                .containsEntry("name", "in/large")
                .containsEntry("state", "verified")
                .containsEntry("verification", "hash")
                .containsKeys("size", "modified", "sha256", "verified");
        assertThat((JsonObject) files.get(1)).containsEntry("name", "new\nline").containsEntry("sha256", null);
    }

    @Test
    void whatIsNotThereIsSaid() {
        Result day = offsite.run("list", "db", "20250101");
        assertThat(day.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(day.complaints())
                .singleElement()
                .asString()
                .contains("there is no dated folder 20250101", "20200102");

        Result job = offsite.run("list", "bd");
        assertThat(job.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(job.complaints()).singleElement().asString().contains("there is no job 'bd'; did you mean db?");
    }

    @Test
    void thatNothingIsOffsiteIsSaidOnlyWhereThatIsKnown(@TempDir Path other) throws IOException {
        TestSite site = TestSite.of(other, server);
        assertUnknown(site, "there is no folder " + site.root());

        // What a disk is mounted on.
        Files.createDirectories(site.root());
        assertUnknown(site, "there is no dated folder in " + site.root());

        site.backup("dump", "a dump");
        assertThat(site.run("ship").exit()).isZero();
        Files.move(site.dated(), other.resolve("moved away"));
        assertUnknown(site, "copies were verified in 1: is its disk mounted there?");

        Files.move(site.state(), other.resolve("another state"));
        for (List<String> list : List.of(List.of("list"), List.of("list", "db"))) {
            assertThat(site.run(list.toArray(String[]::new)).out()).contains("nothing is off-site yet in ");
        }
    }

    private static void assertUnknown(TestSite site, String why) {
        for (List<String> list : List.of(List.of("list"), List.of("list", "db"))) {
            Result result = site.run(list.toArray(String[]::new));
            assertThat(result.out()).as("%s", result).contains(why).doesNotContain("is off-site");
        }
    }

    @Test
    void whatCannotBeReadIsNotCalledMissing(@TempDir Path other) throws IOException {
        TestSite site = TestSite.of(other, server);
        Path dated = Files.createDirectories(site.root().resolve("20200101"));
        assertThat(site.run("list").out()).contains("nothing verified is off-site");

        Files.writeString(dated.resolve("SHA256SUMS"), "no manifest\n");

        assertThat(site.run("list").out()).contains("no SHA256SUMS can be read").doesNotContain("is off-site");
    }

    @Test
    void itLooksWhileTheServiceRuns() {
        try (Running service = offsite.start("serve")) {
            service.says("serving db");
            assertThat(lines("list", "db")).hasSize(5);
        }
    }
}
