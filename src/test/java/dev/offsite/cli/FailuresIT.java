package dev.offsite.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.Proxy;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong says in one line what it was and what to do, leaves nothing half done, and the next run makes it good. */
@RequiresSshd
@Timeout(180)
class FailuresIT {
    /** What a person who runs backups need not know: our classes, our libraries, their words. */
    /** Of one connection, with its login; an upload writes 32 KiB at a time. */
    private static final int LESS_THAN_ONE_WRITE = 24 << 10;

    private static final Pattern JARGON = Pattern.compile(
            "(?i)exception|jsch|camel|mina|sshd?[-.]core|org\\.|com\\.|java\\.|dev\\.offsite|SSH_FX|inputstream"
                    + "|pipe closed|\\bnull\\b|\\bat [a-z.]+\\(|\\b\\d: Failure");

    @TempDir
    Path folder;

    private OpenSshServer server;
    private TestSite offsite;

    @BeforeEach
    void install() throws IOException {
        server = OpenSshServer.start(folder.resolve("sshd"));
        offsite = TestSite.of(folder, server);
        offsite.backup("dump.sql", "a dump");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anUnknownHostKeyIsRefusedWithItsFingerprintAndWhatToDo() throws IOException {
        Path empty = Files.createFile(folder.resolve("none_known"));
        offsite.target("known-hosts", empty.toString());

        Result result = offsite.run("ship");

        assertThat(complaint(result, ExitCode.TARGET))
                .contains("unknown", empty.toString(), seenFingerprint(result), "ssh-keyscan -p " + server.port());
        assertThat(offsite.remote()).isEmpty();
        assertThat(server.logins()).isZero();
        offsite.target("known-hosts", server.knownHosts().toString());
        assertShips();
    }

    @Test
    void aChangedHostKeyIsRefusedWithItsFingerprintAndWhatToDo() throws IOException {
        server.changeHostKeys();

        Result result = offsite.run("ship");

        assertThat(complaint(result, ExitCode.TARGET))
                .contains("CHANGED", server.knownHosts().toString(), seenFingerprint(result), "ssh-keygen -R");
        assertThat(offsite.remote()).isEmpty();
        assertThat(server.logins()).isZero();
        server.trustHostKeys();
        assertShips();
    }

    @Test
    void aKeyThatIsNotLetInIsTriedOnce() throws IOException {
        Path stranger = server.strangerKey();
        offsite.target("key", stranger.toString());
        for (int i = 0; i < 10; i++) {
            offsite.backup("more" + i, "more");
        }

        String line = complaint(offsite.run("ship"), ExitCode.TARGET);

        assertThat(line).contains("refuses the login", stranger.toString(), "authorized_keys", server.user());
        assertThat(refusedLogins()).isLessThanOrEqualTo(2);
        offsite.target("key", server.key().toString());
        assertShips();
        // Nor does what went wrong stand in the way of pruning.
        assertThat(offsite.run("prune").exit()).isZero();
    }

    @Test
    void aKeyWithAPassphraseIsOpenedWithTheRightOneOnly() throws IOException {
        Path key = server.encryptedKey("open sesame");
        offsite.target("key", key.toString()).target("passphrase", "{{env:THE_PASSPHRASE}}");

        Result result = offsite.env("THE_PASSPHRASE", "open barley").run("ship");

        assertThat(complaint(result, ExitCode.TARGET)).contains(key.toString(), "passphrase");
        assertThat(refusedLogins()).isLessThanOrEqualTo(2);
        offsite.env("THE_PASSPHRASE", "open sesame");
        assertShips();
    }

    @Test
    void aKeyWithAPassphraseAndNoneGivenSaysSo() throws IOException {
        Path key = server.encryptedKey("open sesame");
        offsite.target("key", key.toString());

        assertThat(complaint(offsite.run("ship"), ExitCode.TARGET)).contains(key.toString(), "passphrase");
        Path file = Files.writeString(folder.resolve("passphrase"), "open sesame\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        offsite.target("passphrase-file", file.toString());
        assertShips();
    }

    @Test
    void aFileThatIsNoKeySaysSo() throws IOException {
        Path key = Files.writeString(folder.resolve("nokey"), "hello");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        offsite.target("key", key.toString());

        assertThat(complaint(offsite.run("ship"), ExitCode.TARGET)).contains(key.toString(), "private key");
        offsite.target("key", server.key().toString());
        assertShips();
    }

    @Test
    void noServerOnThePort() throws IOException {
        server.stop();

        assertThat(complaint(offsite.run("ship"), ExitCode.TARGET))
                .contains("cannot be reached", server.host() + ":" + server.port(), "refused", "port");
        server.restart();
        assertShips();
    }

    @Test
    void aServerThatIsNoSshServer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            Thread hello = new Thread(() -> {
                try {
                    while (true) {
                        try (var socket = silent.accept()) {
                            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8));
                        }
                    }
                } catch (IOException e) {
                    // closed
                }
            });
            hello.setDaemon(true);
            hello.start();
            offsite.target("port", String.valueOf(silent.getLocalPort()));

            assertThat(complaint(offsite.run("ship"), ExitCode.TARGET)).contains("no SSH server");
        }
        offsite.target("port", String.valueOf(server.port()));
        assertShips();
    }

    @Test
    void aHostNameThatDoesNotResolve() throws IOException {
        offsite.target("host", "no-such-host.invalid");

        assertThat(complaint(offsite.run("ship"), ExitCode.TARGET))
                .contains("no-such-host.invalid", "unknown here", "offsite.host");
        offsite.target("host", server.host());
        assertShips();
    }

    @Test
    void noSuchSourceFolder() {
        offsite.job("source", "nowhere");

        assertThat(complaint(offsite.run("ship"), ExitCode.FAILED))
                .contains("db: the source folder", "nowhere", "missing");
    }

    @Test
    void noKnownHostsFile() {
        offsite.target("known-hosts", "nowhere");

        assertThat(complaint(offsite.run("ship"), ExitCode.CONFIGURATION))
                .contains("offsite.known-hosts", "nowhere", "ssh-keyscan");
    }

    @Test
    void noSuchJob() {
        assertThat(complaint(offsite.run("ship", "bd"), ExitCode.CONFIGURATION)).contains("no job 'bd'");
    }

    @Test
    void everyBadValueIsNamedWithItsKeyInOneGo() {
        Map<String, String> said = new TreeMap<>();
        said.put("offsite.port", "70000 not between 1 and 65535");
        said.put("camel.routeTemplate[db].keep", "0 less than 1");
        said.put("camel.routeTemplate[db].ready", "soon no period such as 10s");
        said.put("camel.routeTemplate[db].poll", "5x no period such as 10s");
        said.put("camel.routeTemplate[db].root", "backups is not absolute");
        said.put("camel.routeTemplate[db].recursive", "yes must be one of true, false");
        said.put("camel.routeTemplate[db].parallel", "many no whole number");
        said.put("camel.routeTemplate[db].kepp", "3 did you mean keep");
        said.put("offsite.prune.schedule", "daily cron");
        said.put("offsite.passphrase", "geheim no secret in this file");
        said.put("offsite.host", "{{env:NOT_SET_ANYWHERE}} cannot be resolved");
        said.forEach((key, value) -> offsite.set(key, value.split(" ", 2)[0]));

        for (String verb : List.of("ship", "config")) {
            Result result = offsite.run(verb);

            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.CONFIGURATION);
            assertThat(result.complaints()).as("%s", result).hasSize(said.size());
            said.forEach((key, value) -> assertThat(result.complaints())
                    .as(key)
                    .anyMatch(line -> line.contains(": " + key + ": ") && line.contains(value.split(" ", 2)[1])));
            assertThat(result.err()).doesNotContain("geheim").doesNotContainPattern("Exception|out of range");
        }
    }

    @Test
    void aStateFolderThatCannotBeMade() throws IOException {
        Files.createFile(folder.resolve("plain"));
        offsite.target("state", "plain/state");

        assertThat(complaint(offsite.run("ship"), ExitCode.CONFIGURATION)).contains("offsite.state", "plain/state");
        offsite.target("state", "state");
        assertShips();
    }

    @Test
    void aLedgerThatIsDamaged() throws IOException {
        Files.createDirectories(offsite.state());
        Files.writeString(offsite.state().resolve("ledger.mv"), "this is no ledger");

        assertThat(complaint(offsite.run("ship"), ExitCode.FAILED))
                .contains(offsite.state().resolve("ledger.mv").toString(), "move it away");
        Files.delete(offsite.state().resolve("ledger.mv"));
        assertShips();
    }

    @Test
    void aRootThatMayNotBeWritten() throws IOException {
        reconfigure("ForceCommand internal-sftp -R");

        assertThat(complaint(offsite.run("ship"), ExitCode.TARGET))
                .contains("may not write", offsite.root().toString(), "Permission");
        assertThat(offsite.remote()).isEmpty();
        reconfigure();
        assertShips();
    }

    @Test
    void aRootThatIsAFile() throws IOException {
        Files.createDirectories(offsite.root().getParent());
        Files.createFile(offsite.root());

        assertThat(complaint(offsite.run("ship"), ExitCode.TARGET))
                .contains(offsite.root().toString(), "is no folder");
        Files.delete(offsite.root());
        assertShips();
    }

    @Test
    void aServerThatHasOnlySftpIsNotUploadedToTwiceWhereOnlyItsOwnHashCounts() throws IOException {
        Path big = offsite.backup("big", bytes(1 << 20));
        offsite.target("verify", "hash");
        reconfigure("ForceCommand internal-sftp");
        try (Proxy proxy = through()) {
            assertThat(complaint(offsite.run("ship"), ExitCode.TARGET))
                    .contains("cannot hash files", "sftp connections only", "verify=readback");
            assertThat(proxy.bytes()).isLessThan(Files.size(big) * 2);
            assertThat(offsite.parts()).isEmpty();
            reconfigure();
            assertShips();
        }
    }

    @Test
    void aServerWithoutSha256sum() throws IOException {
        Path bin = Files.createDirectory(folder.resolve("emptybin"));
        reconfigure("SetEnv PATH=" + bin);

        Result readBack = offsite.run("ship");

        assertThat(readBack.exit()).as("%s", readBack).isZero();
        assertThat(readBack.err()).contains("cannot hash files", "s, readback)");
        assertThat(readBack.complaints()).isEmpty();
        offsite.assertAllOffsite();
    }

    @Test
    void aFullDiskOnTheServer() throws Exception {
        Files.createDirectories(offsite.root());
        Process mount = new ProcessBuilder(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=256k",
                        "tmpfs",
                        offsite.root().toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assumeTrue(mount.waitFor() == 0, "a full disk needs the right to mount a small one");
        try {
            offsite.backup("big", bytes(1 << 20));
            Files.delete(offsite.source().resolve("dump.sql"));

            assertThat(complaint(offsite.run("ship"), ExitCode.FAILED))
                    .contains("big", "1.0 MiB", offsite.root().toString())
                    // A block may still be the probe's.
                    .containsPattern("25[26]\\.0 KiB free on the server");
            assertThat(offsite.parts()).isEmpty();
        } finally {
            new ProcessBuilder("umount", offsite.root().toString()).start().waitFor();
        }
        assertShips();
    }

    @Test
    void aServerThatStopsTakingBytes() throws Exception {
        offsite.backup("big", bytes(1 << 20));
        Files.delete(offsite.source().resolve("dump.sql"));
        Path sftpServer = Path.of("/usr/lib/openssh/sftp-server");
        assumeTrue(Files.isExecutable(sftpServer), "no " + sftpServer);
        reconfigure("ForceCommand bash -c 'trap \"\" XFSZ; ulimit -f 64; exec " + sftpServer + "'");

        assertThat(complaint(offsite.run("ship"), ExitCode.FAILED)).contains("big", "free on the server", "quota");
        assertThat(offsite.parts()).isEmpty();
        reconfigure();
        assertShips();
    }

    /** Invariant 12. A second attempt would be sent alone, as a large file is. */
    @Test
    void aServerThatStopsTakingBytesOfSmallFiles() throws Exception {
        offsite.backup("small", bytes(20_000));
        Files.delete(offsite.source().resolve("dump.sql"));
        Path sftpServer = Path.of("/usr/lib/openssh/sftp-server");
        assumeTrue(Files.isExecutable(sftpServer), "no " + sftpServer);
        reconfigure("ForceCommand bash -c 'trap \"\" XFSZ; ulimit -f 4; exec " + sftpServer + "'");

        assertThat(complaint(offsite.target("retries", "0").run("ship"), ExitCode.FAILED))
                .contains("small", "free on the server", "quota");
        assertThat(offsite.parts()).isEmpty();
        reconfigure();
        assertShips();
    }

    @Test
    void aConnectionThatIsCutOnceIsMadeGoodInTheSameRun() throws IOException {
        offsite.backup("big", bytes(4 << 20));
        try (Proxy proxy = through()) {
            proxy.cutAfter(1 << 20, 1);

            Result result = offsite.run("ship");

            assertThat(proxy.cuts()).isEqualTo(1);
            assertThat(result.complaints()).as("%s", result).isEmpty();
            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.OK);
            offsite.assertAllOffsite();
        }
    }

    @Test
    void aConnectionThatIsCutAgainAndAgainShipsWhatMakesProgress() throws IOException {
        offsite.backup("big", bytes(4 << 20));
        try (Proxy proxy = through()) {
            proxy.cutAfter(1 << 20, Integer.MAX_VALUE);

            Result result = offsite.run("ship");

            assertThat(proxy.cuts()).isGreaterThan(3);
            assertThat(result.complaints()).as("%s", result).isEmpty();
            assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.OK);
            offsite.assertAllOffsite();
        }
    }

    @Test
    void aConnectionThatIsCutInEveryUploadBeforeAnythingArrivedIsNamed() throws IOException {
        offsite.backup("big", bytes(4 << 20));
        try (Proxy proxy = through()) {
            proxy.cutAfter(LESS_THAN_ONE_WRITE, Integer.MAX_VALUE);

            Result result = offsite.run("ship");

            assertThat(complaint(result, ExitCode.FAILED)).contains("big", "connection", "was lost");
            assertThat(proxy.cuts()).isEqualTo(3);
            proxy.cutAfter(Long.MAX_VALUE, 0);
            assertShips();
        }
    }

    @Test
    void aServerThatGoesAwayInAnUploadIsNamedOnce() throws Exception {
        offsite.backup("big", bytes(4 << 20));
        int port;
        try (Proxy proxy = through()) {
            port = proxy.port();
            proxy.holdAfter(1 << 20);
            try (var running = offsite.start("ship")) {
                org.awaitility.Awaitility.await().until(proxy::held);
                proxy.close();
                assertThat(complaint(running.end(), ExitCode.TARGET)).contains("cannot be reached");
            }
        }
        // At another port, it would be another destination, of whose part files nothing is known.
        try (Proxy back = new Proxy(server, port)) {
            assertShips();
            assertThat(back.connections()).isPositive();
        }
    }

    /** The one line of complaint, which is fit for a person at night. */
    private String complaint(Result result, int exit) {
        System.out.println("COMPLAINT " + exit + "/" + result);
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        assertThat(result.complaints()).as("%s", result).hasSize(1);
        String line = result.complaints().get(0);
        assertThat(line.replace(folder.toString(), "").replaceAll("camel\\.routeTemplate", ""))
                .doesNotContainPattern(JARGON);
        return line;
    }

    private void assertShips() throws IOException {
        Result result = offsite.run("ship");
        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.OK);
        assertThat(result.complaints()).as("%s", result).isEmpty();
        offsite.assertAllOffsite();
    }

    private long refusedLogins() {
        return server.log()
                .lines()
                .filter(line -> line.matches(".*(Failed \\w+ for|Connection (closed|reset) by authenticating user).*"))
                .count();
    }

    /** One of the server's host keys as ssh-keygen -l prints it: the one that the message has. */
    private String seenFingerprint(Result result) throws IOException {
        for (String type : new String[] {"ed25519", "ecdsa", "rsa"}) {
            Process keygen = new ProcessBuilder(
                            "ssh-keygen",
                            "-l",
                            "-f",
                            folder.resolve("sshd/host_" + type).toString())
                    .start();
            String fingerprint = new String(keygen.getInputStream().readAllBytes(), UTF_8).split(" ", 3)[1];
            if (result.err().contains(" " + fingerprint + ",")) {
                return fingerprint;
            }
        }
        throw new AssertionError("no fingerprint of the server in: " + result);
    }

    /** Restarts the same server (keys, port) with more configuration. */
    private void reconfigure(String... extra) throws IOException {
        server.reconfigure(extra);
    }

    private Proxy through() throws IOException {
        Proxy proxy = new Proxy(server);
        offsite.through(proxy);
        return proxy;
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
