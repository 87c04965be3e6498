package dev.offsite.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.job.VerificationMethod;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.SshVariant;
import dev.offsite.support.SshVariant.Started;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** On every kind of server a job does all that it does on one with a shell, and says how its copies are verified. */
@RequiresSshd
@Timeout(120)
class VerificationMatrixIT {
    /** Those on which all that a job does is tried; the others differ from them only in how they hash. */
    private static final Set<SshVariant> IN_FULL = EnumSet.of(
            SshVariant.SHELL,
            SshVariant.SFTP_ONLY,
            SshVariant.CHROOT,
            SshVariant.CHROOT_WITH_SHELL,
            SshVariant.RESTRICTED);

    private static final List<String> SMALL = List.of(
            "dump.sql",
            "with space & it's \"$(touch pwned)\"; `x` | <y>",
            "new\nline\\",
            "-rf",
            "*",
            "folder/in folder/ünïcödé 備份");

    @TempDir
    Path folder;

    private TestSite offsite;

    @ParameterizedTest
    @EnumSource
    void shipsVerifiesReplacesPrunesAndRestores(SshVariant variant) throws Exception {
        try (Started target = variant.start(folder)) {
            offsite = TestSite.of(folder, target).job("keep", "1").job("trash", "0");
            for (String name : SMALL) {
                offsite.backup(name, "content of " + name);
            }
            offsite.backup("empty", "");
            offsite.backup("big", bytes(5 << 20));

            assertShips(8);
            assertVerifications(variant);
            assertNothingElseIsThere(target);
            assertRestoresWithPlainSftp(target);
            if (IN_FULL.contains(variant)) {
                assertShipsNothingTwice(target);
                assertReplacesAndPrunesOnlyWhatIsOld(target);
            }
        }
    }

    private void assertShips(int files) throws IOException {
        assertThat(ok(offsite.run("ship")).out()).contains(files + " files shipped");
        offsite.assertAllOffsite();
    }

    private Result ok(Result result) {
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.OK);
        assertThat(result.complaints()).as("%s", result).isEmpty();
        assertThat(folder.resolve("pwned")).doesNotExist();
        return result;
    }

    /** Nothing is believed that is weaker than a hash of the bytes on the server. */
    private void assertVerifications(SshVariant variant) {
        Map<String, String> verifications = offsite.verifications();
        assertThat(verifications.keySet()).hasSize(8).contains("dump.sql", "big", "empty");
        if (variant.verification() == VerificationMethod.HASH) {
            assertThat(verifications).containsEntry("dump.sql", "hash").containsEntry("big", "hash");
            assertThat(verifications.values()).doesNotContain("size", "damaged");
            if (variant == SshVariant.SHELL) {
                assertThat(verifications.values())
                        .as("what openssl cannot be asked about is hashed by sha256sum")
                        .containsOnly("hash");
                assertThat(offsite.state().resolve("hash-commands.properties"))
                        .content()
                        .contains("OPENSSL many SHA256SUM many");
            }
        } else {
            assertThat(verifications.values())
                    .containsOnly(variant.verification().toString());
        }
    }

    private void assertNothingElseIsThere(Started target) {
        assertThat(offsite.remote().keySet()).noneMatch(name -> name.contains(".offsite-"));
        assertThat(TestSite.tree(target.disk()).keySet())
                .allMatch(
                        path -> path.equals("offsite") || path.equals("offsite/db") || path.startsWith("offsite/db/"));
    }

    /** With a client that knows nothing of us. */
    private void assertRestoresWithPlainSftp(Started target) throws Exception {
        Path dated = offsite.folders().get(0);
        Path restored = Files.createDirectory(folder.resolve("restored"));
        OpenSshServer server = target.server();
        Path batch = Files.writeString(
                folder.resolve("batch"), "get -r \"%s\" \"%s\"%n".formatted(target.pathOf(dated), restored));
        Process sftp = new ProcessBuilder(
                        "sftp",
                        "-q",
                        "-b",
                        batch.toString(),
                        "-i",
                        server.key().toString(),
                        "-o",
                        "UserKnownHostsFile=" + server.knownHosts(),
                        "-P",
                        String.valueOf(server.port()),
                        server.user() + "@" + server.host())
                .redirectErrorStream(true)
                .start();
        String said = new String(sftp.getInputStream().readAllBytes(), UTF_8);
        assertThat(sftp.waitFor()).as(said).isZero();
        Map<String, String> files = new TreeMap<>(TestSite.tree(restored.resolve(dated.getFileName())));
        assertThat(files.remove(Manifest.NAME)).isNotNull();
        assertThat(files).isEqualTo(TestSite.tree(offsite.source()));
    }

    private void assertShipsNothingTwice(Started target) {
        Map<String, String> before = offsite.remote();
        int logins = target.server().logins();

        assertThat(ok(offsite.run("ship")).out()).contains("nothing new");

        assertThat(offsite.remote()).isEqualTo(before);
        assertThat(target.server().logins()).isEqualTo(logins);
    }

    private void assertReplacesAndPrunesOnlyWhatIsOld(Started target) throws IOException {
        Path outside = Files.createDirectories(target.disk().resolve("outside"));
        Files.writeString(outside.resolve("precious"), "precious");
        anOldFolder(outside);
        Files.createDirectories(offsite.root().resolve("not ours"));
        offsite.backup("dump.sql", "another dump of another length");
        offsite.backup("it's; a folder/$(touch pwned)/inside", "below folders that no plain command takes");

        assertShips(2);

        Set<String> left = offsite.remote().keySet();
        assertThat(left).contains("not ours").noneMatch(name -> name.contains("20200101"));
        assertThat(outside.resolve("precious")).hasContent("precious");
        assertThat(offsite.verifications().values()).doesNotContain("size", "damaged");
    }

    private void anOldFolder(Path outside) throws IOException {
        Path old = Files.createDirectories(offsite.root().resolve("20200101"));
        Path nested = Files.createDirectories(old.resolve("a/b; c/$(d)"));
        Files.writeString(nested.resolve("it's \"\n\" old"), "old");
        Files.createSymbolicLink(old.resolve("to outside"), outside);
        Files.createSymbolicLink(nested.resolve("to a file outside"), outside.resolve("precious"));
        Files.writeString(
                old.resolve(Manifest.NAME), HexFormat.of().formatHex(new byte[32]) + "  as if it had been ours\n");
    }

    @Test
    void afterAKillWhatWasNotCommittedIsVerifiedByReadingItBack() throws Exception {
        try (Started target = SshVariant.SFTP_ONLY.start(folder)) {
            offsite = TestSite.of(folder, target);
            offsite.backup("first", "first");
            offsite.backup("big", bytes(40 << 20));
            for (int i = 0; i < 20; i++) {
                offsite.backup("small " + i, "small " + i);
            }
            try (var running = offsite.start("ship")) {
                await().atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(5))
                        .until(() -> !running.process().isAlive() || somethingIsCommitted());
                running.kill();
            }

            Result result = ok(offsite.run("ship"));

            assertThat(result.out()).contains("shipped and verified");
            offsite.assertAllOffsite();
            assertThat(offsite.verifications()).hasSize(22);
            assertThat(offsite.verifications().values()).containsOnly("readback");
            assertThat(ok(offsite.run("ship")).out()).contains("nothing new");
        }
    }

    private boolean somethingIsCommitted() {
        return Files.isDirectory(offsite.root())
                && offsite.folders().stream().anyMatch(dated -> Files.exists(dated.resolve(Manifest.NAME)));
    }

    @Test
    void whereOnlyAHashOfTheServersCountsAServerThatGivesNoneGetsNothing() throws IOException {
        try (Started target = SshVariant.SFTP_ONLY.start(folder)) {
            offsite = TestSite.of(folder, target).target("verify", "hash");
            offsite.backup("dump.sql", "a dump");
            offsite.backup("other", "other");

            Result result = offsite.run("ship");

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.TARGET);
            assertThat(result.complaints())
                    .as("%s", result)
                    .singleElement()
                    .asString()
                    .contains("verify=hash", "verify=readback");
            assertThat(offsite.remote().values()).containsOnly("folder");
            assertThat(offsite.verifications()).isEmpty();

            offsite.target("verify", "size");
            Result bySize = ok(offsite.run("ship"));
            assertThat(bySize.err() + bySize.out()).contains("size");
            offsite.assertAllOffsite();
            assertThat(offsite.verifications()).isEqualTo(Map.of("dump.sql", "size", "other", "size"));
        }
    }

    @Test
    void whereTheSshPathIsNotConfiguredCopiesAreReadBackAndTheSettingIsNamed() throws IOException {
        try (Started target = SshVariant.CHROOT_WITH_SHELL.start(folder)) {
            offsite = TestSite.of(folder, target).unset("offsite.ssh-path");
            offsite.backup("dump.sql", "a dump");

            Result result = offsite.run("ship");

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.OK);
            assertThat(result.complaints()).singleElement().asString().contains("ssh-path");
            offsite.assertAllOffsite();
            assertThat(offsite.verifications()).isEqualTo(Map.of("dump.sql", "readback"));
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
