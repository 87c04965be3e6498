package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One login uploads and runs no command; another one, on a port of its own, hashes and can write nothing. It is the user nobody,
 * which needs root to arrange.
 */
@RequiresSshd
@Timeout(120)
class VerifyLoginIT {

    private static final String AS_NOBODY = "ForceCommand setpriv --reuid 65534 --regid 65534 --clear-groups '%s'";
    private static final Path DOC = Path.of("docs/verify.md");

    @TempDir
    private Path folder;

    private final Properties properties = new Properties();
    private OpenSshServer uploads;
    private OpenSshServer verifies;
    private Path root;

    @BeforeEach
    void start() throws IOException {
        Assumptions.assumeTrue(
                Boolean.parseBoolean(System.getenv("CI"))
                        || System.getProperty("user.name").equals("root"),
                "only root may do this");
        mode(folder, "rwxr-xr-x");
        uploads = OpenSshServer.start(folder.resolve("uploads"), "ForceCommand internal-sftp -u 0022");
        verifies = OpenSshServer.start(folder.resolve("verifies"), AS_NOBODY.formatted(onlyHash()));
        root = mode(Files.createDirectory(folder.resolve("root")), "rwxr-xr-x");
        Path source = Files.createDirectory(folder.resolve("source"));
        Path backup = Files.writeString(source.resolve("it's a backup"), "backup");
        Files.setLastModifiedTime(backup, FileTime.from(Instant.now().minusSeconds(600)));
        set("offsite.host", uploads.host());
        set("offsite.port", String.valueOf(uploads.port()));
        set("offsite.user", uploads.user());
        set("offsite.key", uploads.key().toString());
        set("offsite.state", folder.resolve("state").toString());
        set("offsite.verify", "hash");
        set("offsite.verify.user", verifies.user());
        set("offsite.verify.port", String.valueOf(verifies.port()));
        set("offsite.verify.key", verifies.key().toString());
        set("camel.routeTemplate[db].templateId", "ship");
        set("camel.routeTemplate[db].source", source.toString());
        set("camel.routeTemplate[db].root", root.toString());
        know(uploads, verifies);
    }

    @AfterEach
    void stop() {
        if (uploads != null) {
            uploads.close();
        }
        if (verifies != null) {
            verifies.close();
        }
    }

    /** The forced command, as the documentation has it. */
    private Path onlyHash() throws IOException {
        String doc = Files.readString(DOC);
        int from = doc.indexOf("#!/bin/sh");
        Path script = folder.resolve("only-hash");
        return mode(Files.writeString(script, doc.substring(from, doc.indexOf("```", from))), "rwxr-xr-x");
    }

    private void set(String key, String value) {
        properties.setProperty(key, value);
    }

    private void know(OpenSshServer... servers) throws IOException {
        Path known = folder.resolve("known_hosts");
        Files.deleteIfExists(known);
        Files.createFile(known);
        for (OpenSshServer server : servers) {
            Files.writeString(known, Files.readString(server.knownHosts()), java.nio.file.StandardOpenOption.APPEND);
        }
        set("offsite.known-hosts", known.toString());
    }

    private static Path mode(Path path, String permissions) throws IOException {
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private Result offsite(String... verb) throws IOException {
        Path file = folder.resolve("application.properties");
        try (var out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        return InJvm.run(
                Stream.concat(Stream.of("-c", file.toString()), Stream.of(verb)).toArray(String[]::new));
    }

    /** The names in the dated folders. */
    private List<String> copies() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith(".offsite-"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void theLoginForUploadsNeedsNoShellAndTheOneThatHashesNeedsNoRightToWrite() throws Exception {
        assertThat(onlyHash()).content().contains("sha256sum -- ").doesNotContain("openssl");
        Result doctor = offsite("doctor");
        assertThat(doctor.exit()).as("%s", doctor).isZero();
        assertThat(doctor.out())
                .containsPattern(
                        "verify login +ok +as .*:%d with the key .*; it can read new copies".formatted(verifies.port()))
                .containsPattern("verification +ok +hash: the server hashes each copy");

        Result ship = offsite("ship");

        assertThat(ship.exit()).as("%s", ship).isZero();
        assertThat(ship.err()).containsPattern("it's a backup -> .* s, hash\\)");
        assertThat(copies()).containsExactly("SHA256SUMS", "it's a backup");
        assertThat(verifies.logins())
                .as("only for commands, and never one too many")
                .isBetween(2, 8);
        assertThat(offsite("scrub").out()).contains("db: 1 copy hashed again", "all unchanged");
        assertThat(offsite("list", "db").out()).containsPattern("  hash +complete");
    }

    @Test
    void whatThatLoginMayNotReadIsNotPublishedWhereNothingElseCounts() throws Exception {
        mode(root, "rwx------");

        Result doctor = offsite("doctor");
        assertThat(doctor.exit()).as("%s", doctor).isEqualTo(ExitCode.TARGET);
        assertThat(doctor.out())
                .containsPattern(
                        "verify login +FAIL +.*logs in, but cannot hash a new copy .*Permission denied.*by a group "
                                + "or an ACL, see docs/verify.md");

        Result ship = offsite("ship");
        assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.TARGET);
        assertThat(ship.err()).contains("cannot hash new copies", "Permission denied", "docs/verify.md");
        assertThat(copies()).isEmpty();

        set("offsite.verify", "readback");
        Result again = offsite("ship");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.err()).contains("may not read it").containsPattern(" s, readback\\)");
        assertThat(copies()).containsExactly("SHA256SUMS", "it's a backup");
    }

    @Test
    void whereItIsRefusedNothingIsPublished() throws Exception {
        set("offsite.verify", "readback");
        set("offsite.verify.key", mode(verifies.strangerKey(), "rw-------").toString());

        Result ship = offsite("ship");

        assertThat(ship.exit()).as("%s", ship).isEqualTo(ExitCode.TARGET);
        assertThat(ship.err())
                .contains("the login that verifies copies: ", "refuses the login", "is its public key in the server's");
        assertThat(copies()).isEmpty();
        Result doctor = offsite("doctor");
        assertThat(doctor.exit()).as("%s", doctor).isEqualTo(ExitCode.TARGET);
        assertThat(doctor.out()).containsPattern("verify login +FAIL +.*refuses the login");
    }

    /** Invariant 7, for the second login and port as for the first. */
    @Test
    void aHostKeyThatIsNotKnownIsRefused() throws Exception {
        know(uploads);
        Result unknown = offsite("ship");
        assertThat(unknown.exit()).as("%s", unknown).isEqualTo(ExitCode.TARGET);
        assertThat(unknown.err())
                .contains("the host key of", "is unknown", "has no line for [127.0.0.1]:" + verifies.port())
                .contains("ssh-keyscan -p " + verifies.port());

        know(uploads, verifies);
        verifies.changeHostKeys();
        Result changed = offsite("ship");
        assertThat(changed.exit()).as("%s", changed).isEqualTo(ExitCode.TARGET);
        assertThat(changed.err()).contains("has CHANGED", "[127.0.0.1]:" + verifies.port());
        assertThat(copies()).isEmpty();
        assertThat(offsite("doctor").out()).containsPattern("verify login +FAIL +the host key of .* has CHANGED");
    }
}
