package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.SshVariant;
import dev.offsite.support.SshVariant.Started;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import dev.offsite.support.TestSite.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every test ends with a look at the server's disk: it is as it was. */
@RequiresSshd
@Timeout(120)
class DoctorIT {
    @TempDir
    static Path serverFolder;

    private static OpenSshServer server;

    @TempDir
    Path folder;

    private TestSite offsite;
    private Path disk;

    @BeforeAll
    static void start() throws IOException {
        server = OpenSshServer.start(serverFolder.resolve("sshd"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void install() throws IOException {
        offsite = TestSite.of(folder, server);
        disk = Files.createDirectories(folder.resolve("server"));
        Files.createDirectories(offsite.root().resolve("20260101"));
        Files.writeString(offsite.root().resolve("20260101/precious"), "a copy");
    }

    /** What it found as JSON. */
    private record Found(int exit, JsonObject job, Result result) {
        JsonObject check(String check) {
            return rows().stream()
                    .filter(row -> check.equals(row.getString("check")))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no check %s in %s".formatted(check, result)));
        }

        Collection<JsonObject> rows() {
            JsonArray rows = (JsonArray) job.get("checks");
            return rows.stream().map(JsonObject.class::cast).toList();
        }

        Map<String, String> results() {
            Map<String, String> results = new TreeMap<>();
            rows().forEach(row -> results.merge(
                    row.getString("check"), row.getString("result"), (one, other) -> one.equals("ok") ? one : other));
            return results;
        }

        List<String> lines(String field) {
            return ((JsonArray) job.get(field)).stream().map(String::valueOf).toList();
        }
    }

    private Found doctor() throws Exception {
        Map<String, String> before = TestSite.tree(disk);
        Result result = offsite.run("doctor", "--json");
        assertThat(TestSite.tree(disk)).as("left behind: %s", result).isEqualTo(before);
        JsonObject all = (JsonObject) Jsoner.deserialize(result.out());
        return new Found(result.exit(), (JsonObject) ((JsonArray) all.get("jobs")).get(0), result);
    }

    @ParameterizedTest
    @CsvSource({
        "SFTP_ONLY, readback, none",
        "CHROOT, readback, none",
        "RESTRICTED, hash, ok",
        "RESTRICTED_WORDS, hash, ok",
        "RESTRICTED_ONE_FILE, hash, ok",
        "BSD, hash, ok",
        "SHASUM, hash, ok",
        "OPENSSL, hash, ok",
    })
    void onEachKindOfServerAllIsWellAsItIs(SshVariant variant, String verification, String path) throws Exception {
        try (Started started = variant.start(folder.resolve("kind"))) {
            offsite = TestSite.of(Files.createDirectories(folder.resolve("kind/here")), started);
            disk = started.disk();

            Found found = doctor();

            assertThat(found.exit()).as("%s", found.result()).isZero();
            assertThat(found.job().getString("verification")).isEqualTo(verification);
            assertThat(found.check("path").getString("result")).isEqualTo(path);
            assertThat(found.lines("configuration")).isEmpty();
        }
    }

    @Test
    void wherePathsDifferItFindsTheSettingThatWorks() throws Exception {
        try (Started started = SshVariant.CHROOT_WITH_SHELL.start(folder.resolve("kind"))) {
            offsite = TestSite.of(Files.createDirectories(folder.resolve("kind/here")), started);
            disk = started.disk();
            offsite.unset("offsite.ssh-path").target("verify", "hash");

            Found found = doctor();

            assertThat(found.exit()).as("%s", found.result()).isEqualTo(ExitCode.FAILED);
            assertThat(found.check("path").getString("result")).isEqualTo("warn");
            assertThat(found.lines("configuration")).containsExactly("offsite.ssh-path=" + started.sshPath());

            String setting = found.lines("configuration").get(0);
            offsite.set(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1));
            Found better = doctor();

            assertThat(better.exit()).as("%s", better.result()).isZero();
            assertThat(better.job().getString("verification")).isEqualTo("hash");
            assertThat(better.lines("configuration")).isEmpty();
            offsite.backup("dump.sql", "a dump");
            assertThat(offsite.run("ship").exit()).isZero();
        }
    }

    @Test
    void aTableForPeopleSaysThatNothingIsToBeChangedAlsoWhileTheServiceRuns() {
        try (Running service = offsite.start("serve")) {
            await().until(() -> Files.exists(offsite.state().resolve("ledger.mv")));
            Map<String, String> before = TestSite.tree(disk);

            Result result = offsite.run("doctor", "db");

            assertThat(result.exit()).as("%s", result).isZero();
            assertThat(result.out())
                    .startsWith("db: ")
                    .containsPattern("(?m)^  reachable +ok +127\\.0\\.0\\.1")
                    .containsPattern("(?m)^  hash by sha256sum -- +ok +works$")
                    .containsPattern("(?m)^  overwrite +ok +in one step")
                    .containsPattern("(?m)^  remove folder +ok")
                    .contains("Nothing to change.")
                    .doesNotContain("\u001b");
            assertThat(result.complaints()).isEmpty();
            assertThat(TestSite.tree(disk)).isEqualTo(before);
        }
    }

    @Test
    void theLinesThatItShowsForAnUnknownHostAreWhatMakesItWork() throws Exception {
        Path known = folder.resolve("known");
        offsite.target("known-hosts", known.toString());
        int logins = server.logins();

        Found unknown = doctor();

        assertThat(unknown.exit()).as("%s", unknown.result()).isEqualTo(ExitCode.TARGET);
        assertThat(unknown.check("configuration").getString("detail")).contains("there is no file " + known);
        assertThat(unknown.check("host-key").getString("detail")).contains("unknown", "SHA256:");
        assertThat(unknown.check("login").getString("result")).isEqualTo("unchecked");
        assertThat(known).doesNotExist();
        assertThat(server.logins()).isEqualTo(logins);
        assertThat(unknown.lines("hostKeys")).hasSize(3);

        // Each one is enough.
        for (String line : unknown.lines("hostKeys")) {
            Files.writeString(known, line + "\n");
            Found trusted = doctor();
            assertThat(trusted.exit()).as("%s: %s", line, trusted.result()).isZero();
            assertThat(trusted.job().getString("verification")).isEqualTo("hash");
        }
    }

    @Test
    void aChangedHostKeyIsNamedAndNobodyLogsIn() throws Exception {
        Path known = folder.resolve("known");
        Path stranger = server.strangerKey();
        String key = Files.readString(stranger.resolveSibling(stranger.getFileName() + ".pub"));
        Files.writeString(known, "[%s]:%d %s".formatted(server.host(), server.port(), key));
        offsite.target("known-hosts", known.toString());
        int logins = server.logins();

        Result result = offsite.run("doctor");

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.TARGET);
        assertThat(result.out())
                .containsPattern("host key +FAIL +CHANGED: the server shows ssh-ed25519 SHA256:")
                .contains("ssh-keygen -R '[%s]:%d' -f '%s'".formatted(server.host(), server.port(), known))
                .containsPattern("login +not checked");
        assertThat(server.logins()).isEqualTo(logins);
    }

    @Test
    void aKeyThatTheServerDoesNotLetInIsALoginThatIsRefused() throws Exception {
        offsite.target("key", server.strangerKey().toString());

        Found found = doctor();

        assertThat(found.exit()).as("%s", found.result()).isEqualTo(ExitCode.TARGET);
        assertThat(found.check("host-key").getString("result")).isEqualTo("ok");
        assertThat(found.check("login").getString("detail")).contains("refuses the login", "authorized_keys");
    }

    @Test
    void aRootThatIsNotThereIsMadeByAShipAndNotByUs() throws Exception {
        offsite.job("root", disk.resolve("not yet/it's *?[a]").toString());

        Found found = doctor();

        assertThat(found.exit()).as("%s", found.result()).isZero();
        assertThat(found.check("root").getString("detail")).contains("the first ship makes it");
        assertThat(found.results().values()).doesNotContain("fail", "warn", "unchecked");
    }

    @Test
    void aServerWithoutSftpIsToldFromOneThatRefusesTheLogin() throws Exception {
        try (OpenSshServer without = OpenSshServer.start(folder.resolve("without"), "Subsystem other internal-sftp")) {
            TestSite other = TestSite.of(Files.createDirectories(folder.resolve("other")), without);

            Result result = other.run("doctor");

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.TARGET);
            assertThat(result.out()).containsPattern("login +ok").containsPattern("sftp +FAIL +.*does not offer SFTP");
        }
    }

    @Test
    void whereNothingMayBeWrittenThatIsTheFailure() throws Exception {
        try (OpenSshServer readOnly = OpenSshServer.start(folder.resolve("ro"), "ForceCommand internal-sftp -R")) {
            point(readOnly);

            Found found = doctor();

            assertThat(found.exit()).as("%s", found.result()).isEqualTo(ExitCode.FAILED);
            assertThat(found.check("make-folder").getString("result")).isEqualTo("fail");
            assertThat(found.check("make-folder").getString("detail")).contains("may not write");
            assertThat(found.check("verification").getString("result")).isEqualTo("unchecked");
        }
    }

    @Test
    void whereNothingMayBeRemovedItSaysWhatIsLeftAndWhichKeyIsForThat() throws Exception {
        try (OpenSshServer appendOnly =
                OpenSshServer.start(folder.resolve("ao"), "ForceCommand internal-sftp -P remove,rmdir")) {
            point(appendOnly);
            Path left = null;

            Result result = offsite.run("doctor");

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
            assertThat(result.out())
                    .containsPattern("remove file +FAIL .*prune=never")
                    .contains("LEFT BEHIND");
            for (String name : offsite.remote().keySet()) {
                if (name.matches("\\.offsite-[0-9a-f]{32}\\.part")) {
                    left = offsite.root().resolve(name);
                }
            }
            assertThat(result.out()).contains(String.valueOf(left));
        }
    }

    @Test
    void whoIsInterruptedCleansUp() throws Exception {
        Path script = Files.writeString(
                Files.createDirectories(folder.resolve("bin")).resolve("sha256sum"),
                "#!/bin/sh%ntouch '%s'%nexec sleep 15%n".formatted(folder.resolve("hangs")));
        assertThat(script.toFile().setExecutable(true)).isTrue();
        String path = "SetEnv PATH=%s:/usr/bin:/bin".formatted(script.getParent());
        try (OpenSshServer hanging = OpenSshServer.start(folder.resolve("hang"), path)) {
            point(hanging);
            Map<String, String> before = TestSite.tree(disk);

            try (Running running = offsite.start("doctor")) {
                await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(folder.resolve("hangs")));
                assertThat(TestSite.tree(disk)).isNotEqualTo(before);
                running.process().destroy();
                running.end();
            }

            assertThat(TestSite.tree(disk)).isEqualTo(before);
        }
    }

    private void point(OpenSshServer other) {
        offsite.target("port", String.valueOf(other.port()))
                .target("key", other.key().toString())
                .target("known-hosts", other.knownHosts().toString());
    }
}
