package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code verify} hashes the copies that are named, and {@code diff} compares two dated folders. */
@Timeout(120)
class VerifyIT {

    private EmbeddedServer server;

    @TempDir
    private Path folder;

    private TestSite offsite;
    private Path dated;

    @BeforeEach
    void shipped() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        offsite = TestSite.of(folder, server).job("keep", "all");
        offsite.backup("a.dump", "a");
        offsite.backup("b.dump", "bb");
        offsite.backup("in/c", "ccc");
        assertThat(offsite.run("ship").exit()).isZero();
        dated = offsite.folders().get(0);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private static JsonObject json(Result result) {
        return Jsoner.deserialize(result.out(), new JsonObject());
    }

    @Test
    void copiesThatAreWell() {
        Result all = offsite.run("verify", "db");
        assertThat(all.exit()).as("%s", all).isZero();
        assertThat(all.out()).matches("db: 3 copies hashed again \\(6 B in .* s\\), all unchanged\n");

        Result some = offsite.run("verify", "db", dated.getFileName().toString(), "a*", "in", "--json");
        assertThat(json(some))
                .containsEntry("verb", "verify")
                .containsEntry("folder", dated.getFileName().toString())
                .containsEntry("problem", null);
        assertThat(json(some).getInteger("checked")).isEqualTo(2);
    }

    /** Invariant 8: from then on each run says so, until it is repaired. */
    @Test
    void damageIsNamedAndRememberedUntilItIsRepaired() throws Exception {
        Files.writeString(dated.resolve("a.dump"), "A");
        Files.delete(dated.resolve("in/c"));

        Result others = offsite.run("verify", "db", "b*");
        assertThat(others.exit()).as("%s", others).isZero();

        Result bad = offsite.run("verify", "db", "latest");
        assertThat(bad.exit()).isEqualTo(1);
        assertThat(bad.out().lines().toList())
                .anyMatch(line -> line.startsWith("db  changed    " + dated.getFileName() + "/a.dump: "))
                .anyMatch(line -> line.startsWith("db  missing    " + dated.getFileName() + "/in/c: "))
                .last()
                .asString()
                .startsWith("db: 1 changed, 1 missing of 3 copies");
        assertThat(offsite.run("status").out()).contains("2 copies are missing or damaged");
        assertThat(offsite.run("ship").exit()).isEqualTo(1);

        assertThat(offsite.run("scrub", "--all").exit()).isEqualTo(1);
        assertThat(offsite.run("verify", "db").exit()).isZero();
        assertThat(offsite.run("ship").exit()).isZero();
    }

    @Test
    void aCopyThatIsWellAgainIsNoDebtAnyMore() throws Exception {
        Files.writeString(dated.resolve("a.dump"), "A");
        assertThat(offsite.run("verify", "db", "a.dump").exit()).isEqualTo(1);
        Files.writeString(dated.resolve("a.dump"), "a");

        assertThat(offsite.run("verify", "db", "a.dump").exit()).isZero();
        assertThat(offsite.run("ship").exit()).isZero();
    }

    /** Only that all copies are well says that a scrub's finding is over. */
    @Test
    void isNoScrub() throws Exception {
        Result before = offsite.run("history", "--json");
        assertThat(offsite.run("verify", "db").exit()).isZero();
        assertThat(offsite.run("history", "--json").out()).isEqualTo(before.out());
    }

    @Test
    void whatCannotBeVerified() throws Exception {
        Result none = offsite.run("verify", "db", "nothing*");
        assertThat(none.exit()).isEqualTo(1);
        assertThat(none.complaints()).containsExactly("offsite: db: nothing there is called 'nothing*'");
        assertThat(offsite.run("verify", "db", "2020-01-01").complaints())
                .singleElement()
                .asString()
                .startsWith("offsite: db: there is no dated folder 2020-01-01 in ");
        assertThat(offsite.run("verify", "dp").exit()).isEqualTo(2);

        Files.delete(dated.resolve("SHA256SUMS"));
        Result unlisted = offsite.run("verify", "db", dated.getFileName().toString());
        assertThat(unlisted.exit()).isEqualTo(1);
        assertThat(unlisted.complaints()).singleElement().asString().contains("no SHA256SUMS");
        try (StateLock lock = StateLock.take(offsite.state(), "test")) {
            assertThat(offsite.run("verify", "db").exit()).isEqualTo(4);
        }
    }

    @Test
    void differences() throws Exception {
        Path old = offsite.root().resolve("20200101");
        Files.createDirectories(old.resolve("in"));
        Files.writeString(old.resolve("a.dump"), "old");
        Files.writeString(old.resolve("gone"), "gone");
        Files.copy(dated.resolve("in/c"), old.resolve("in/c"));
        Files.writeString(
                old.resolve("SHA256SUMS"),
                "0".repeat(64) + "  a.dump\n" + "1".repeat(64) + "  gone\n"
                        + Files.readString(dated.resolve("SHA256SUMS"))
                                .lines()
                                .filter(line -> line.endsWith("in/c"))
                                .findFirst()
                                .orElseThrow()
                        + "\n");

        Result diff = offsite.run("diff", "db", "2020-01-01", "latest");

        // As restic and borg do: a difference is no failure.
        assertThat(diff.exit()).as("%s", diff).isZero();
        assertThat(diff.out().lines().toList())
                .isEqualTo(List.of(
                        "M  a.dump (1 B, was 3 B)",
                        "+  b.dump (2 B)",
                        "-  gone (4 B)",
                        "db: 1 file added, 1 file removed, 1 file changed, 1 file the same, from 20200101 to "
                                + dated.getFileName()));

        JsonObject json = json(offsite.run("diff", "db", "20200101", "latest", "--json"));
        assertThat(json).containsEntry("verb", "diff").containsEntry("from", "20200101");
        assertThat((JsonObject) ((JsonArray) json.get("files")).get(1))
                .containsEntry("name", "b.dump")
                .containsEntry("state", "added")
                .containsEntry("sha256Before", null);
        assertThat(offsite.run("diff", "db", "latest", "latest").out()).startsWith("db: 3 files, no difference, from ");

        Files.writeString(old.resolve("SHA256SUMS"), "x\n", StandardOpenOption.APPEND);
        Result damaged = offsite.run("diff", "db", "20200101", "latest");
        assertThat(damaged.exit()).isEqualTo(1);
        assertThat(damaged.complaints()).singleElement().asString().contains("20200101 cannot be compared: ");
        assertThat(offsite.run("diff", "db", "20200101").exit()).isEqualTo(2);
    }

    @Test
    void theConfigurationForPrograms() {
        Result result = offsite.target("passphrase", "{{env:PATH}}").run("config", "--json");
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.out()).doesNotContain(Jsoner.escape(System.getenv("PATH")));
        JsonObject config = json(result);
        assertThat(config).containsEntry("verb", "config").containsEntry("jobs", new JsonArray(List.of("db")));
        assertThat((JsonArray) config.get("settings"))
                .anyMatch(one ->
                        one.toString().contains("{job=db, key=camel.routeTemplate[db].keep, value=all, origin=file}"))
                .anyMatch(one -> one.toString().contains("passphrase, value=********, origin="))
                .anyMatch(one -> one.toString().contains("{job=null, key=offsite.retries, value=2, origin=default}"));
    }
}
