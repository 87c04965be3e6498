package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.exec.NewKey;
import dev.offsite.init.ShownKey;
import dev.offsite.support.OpenSshServer;
import dev.offsite.support.PseudoTerminal;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code offsite init} of the distribution, against a real OpenSSH. All lines that it prints for copying are run. */
@RequiresSshd
@Timeout(240)
class InitIT {

    private static final Path DISTRIBUTION = Path.of("target/offsite").toAbsolutePath();

    @TempDir
    Path folder;

    private OpenSshServer server;
    private Path authorized;
    private Path home;
    private Path source;
    private Path root;
    private Path config;

    /** A distribution without its application.properties, a home with nothing, and a server that knows no key of it. */
    @BeforeEach
    void install() throws IOException {
        folder = Files.createDirectory(folder.toRealPath().resolve("with a blank"));
        Files.createDirectories(folder.resolve("dist/bin"));
        Files.copy(DISTRIBUTION.resolve("bin/offsite"), folder.resolve("dist/bin/offsite"));
        Files.createSymbolicLink(folder.resolve("dist/lib"), DISTRIBUTION.resolve("lib"));
        home = Files.createDirectories(folder.resolve("home"));
        config = home.resolve(".config/offsite/application.properties");
        source = Files.createDirectories(folder.resolve("backups/db"));
        TestSite.aged(Files.writeString(source.resolve("dump"), "dump"), Duration.ofHours(1));
        root = folder.resolve("srv/off site/db");
        start();
    }

    /** With lines of sshd_config. */
    private void start(String... lines) throws IOException {
        Path sshd = Files.createTempDirectory(folder, "sshd");
        Path own = Files.createDirectories(sshd.resolve(".ssh")).resolve("authorized_keys");
        List<String> all = new ArrayList<>(
                List.of("AuthorizedKeysFile \"%s\" \"%s\"".formatted(sshd.resolve("authorized_keys"), own)));
        all.addAll(List.of(lines));
        server = OpenSshServer.start(sshd, all.toArray(String[]::new));
        authorized = own;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String launcher(String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "-u",
                "XDG_STATE_HOME",
                "-u",
                "XDG_CONFIG_HOME",
                "OFFSITE_CDS=off",
                "OFFSITE_JAVA_OPTS=-XX:TieredStopAtLevel=1 -Duser.name=somebody"));
        words.add(folder.resolve("dist/bin/offsite").toString());
        words.addAll(List.of(arguments));
        // Java splits its options at blanks, so that the home is set by another way.
        return words.stream()
                .map(word -> "'" + word + "'")
                .reduce((one, two) -> one + " " + two)
                .orElseThrow();
    }

    private Map<String, String> environment() {
        return new TreeMap<>(Map.of("JAVA_TOOL_OPTIONS", "'-Duser.home=" + home + "'"));
    }

    private Result offsite(String... arguments) {
        return sh(launcher(arguments));
    }

    private Result sh(String line) {
        String options = environment().get("JAVA_TOOL_OPTIONS");
        Result result = TestSite.tool(folder, "env", "JAVA_TOOL_OPTIONS=" + options, "sh", "-c", line);
        return new Result(
                result.exit(), result.out(), result.err().replaceFirst("Picked up JAVA_TOOL_OPTIONS: .*\n", ""));
    }

    private String[] init(String... more) {
        List<String> words = new ArrayList<>(List.of(
                "init",
                "--source",
                source.toString(),
                "--root",
                "%s@%s:%s".formatted(server.user(), server.host(), root),
                "--port",
                String.valueOf(server.port())));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private String fingerprint(String type) throws IOException {
        return ShownKey.of("host " + Files.readString(Path.of(server.hostKey(type) + ".pub")))
                .fingerprint();
    }

    private void trustServer() throws IOException {
        Files.copy(
                server.knownHosts(),
                Files.createDirectories(home.resolve(".ssh")).resolve("known_hosts"));
    }

    /** The line of the output that begins so. */
    private static String line(Result result, String start) {
        return result.out()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new AssertionError(start + " is not in " + result));
    }

    private static void assertDone(Result result) {
        assertThat(result.exit()).as("%s", result).isZero();
    }

    private static void assertRefused(Result result, int exit, String... words) {
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        assertThat(result.err().lines().filter(line -> !line.contains(" INFO ")))
                .as("%s", result)
                .singleElement()
                .asString()
                .startsWith("offsite: init: ")
                .contains(words);
    }

    private static List<String> tree(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.map(path -> path + " "
                            + (Files.isRegularFile(path)
                                    ? path.toFile().length() + " "
                                            + path.toFile().lastModified()
                                    : "/"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void byFlagsFromNothingToAVerifiedCopy() throws IOException {
        long begun = System.nanoTime();
        String expected = fingerprint("rsa");
        Result unknown = offsite(init());
        assertRefused(unknown, ExitCode.TARGET, "the server is not known yet", "--fingerprint SHA256:");
        assertThat(unknown.out()).contains("+--[ED25519 256]--+", "ssh-keygen -lvf /etc/ssh/ssh_host_ed25519_key.pub");

        Result stranger = offsite(init("--fingerprint", expected));
        assertRefused(stranger, ExitCode.TARGET, "does not let the key in yet", "then run: offsite init --server");
        assertThat(config).doesNotExist();
        Path key = config.resolveSibling("id_ed25519");
        byte[] made = Files.readAllBytes(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key.getParent())))
                .isEqualTo("rwx------");

        Files.writeString(authorized, line(stranger, "restrict ssh-ed25519 ") + "\n");
        String again = stranger.err().replaceAll("(?s).*then run: offsite ", "").strip();
        Result done = sh(launcher() + " " + again);
        assertDone(done);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
        assertThat(done.out())
                .contains(
                        "verification",
                        "hash: the server hashes each copy",
                        "Test file: shipped, verified, and removed");
        assertThat(Files.readAllBytes(key)).isEqualTo(made);
        assertThat(root).isEmptyDirectory();
        assertThat(home.resolve(".local")).doesNotExist();

        // What it prints is run as it is.
        String cron =
                line(done, "30 2 * * *").replaceFirst("30 2 \\* \\* \\* +", "").replace("\\%", "%");
        String environment = launcher().replaceFirst(" '[^']*dist/bin/offsite'", " ");
        assertDone(sh(environment + cron));
        assertThat(root).isDirectoryRecursivelyContaining("glob:**/dump");
        Result listed = offsite("list", "db", "latest");
        assertDone(listed);
        assertThat(listed.out()).contains("dump", "hash").doesNotContain("offsite-init-test");
    }

    /** All that was there stays as it is, and no dated folder or line of SHA256SUMS is left. */
    @Test
    void aRootWithFoldersStaysAsItIs() throws IOException {
        letIn("restrict ");
        assertDone(offsite("ship"));
        Files.createDirectories(root.resolve("20200101"));
        Files.writeString(root.resolve("20200101/old"), "old");
        Files.createDirectories(root.resolve(".offsite-init-test/20200101/x"));
        Files.writeString(root.resolve(".offsite-init-test/20200101/x/y"), "left by a run that was killed");
        List<String> before =
                tree(root).stream().filter(line -> !line.contains("init-test")).toList();
        List<String> state = tree(home.resolve(".local"));

        Result again = offsite("init");

        assertDone(again);
        assertThat(again.out()).contains("application.properties, which was there already", "Test file: shipped");
        assertThat(tree(root)).isEqualTo(before);
        assertThat(tree(home.resolve(".local"))).isEqualTo(state);
    }

    /** Sets it up, with this in front of the key on the server. */
    private Result letIn(String options) throws IOException {
        trustServer();
        assertRefused(offsite(init()), ExitCode.TARGET, "does not let the key in yet");
        Files.writeString(
                authorized,
                options + Files.readString(config.resolveSibling("id_ed25519.pub")),
                StandardOpenOption.CREATE);
        Result result = offsite(init());
        assertDone(result);
        return result;
    }

    @Test
    void aKeyThatOnlyTransfersFilesIsEnough() throws IOException {
        Result result = letIn("restrict,command=\"internal-sftp\" ");

        assertThat(result.out()).contains("readback: ");
        assertThat(result.err()).contains("readback)");
        assertThat(root).isEmptyDirectory();
        Result ssh = TestSite.tool(
                folder,
                "ssh",
                "-i",
                config.resolveSibling("id_ed25519").toString(),
                "-p",
                String.valueOf(server.port()),
                "-o",
                "UserKnownHostsFile=\"%s\"".formatted(server.knownHosts()),
                server.user() + "@" + server.host(),
                "echo a command");
        assertThat(ssh.out()).doesNotContain("a command");
    }

    @Test
    void sshCopyIdLetsTheKeyIn() throws IOException {
        // There is no ~/.ssh, which ssh-copy-id needs.
        Result stranger = offsite(init("--fingerprint", fingerprint("ed25519")));
        String copy = line(stranger, "mkdir -m 700 ~/.ssh && ssh-copy-id ");

        // The other way to log in is an agent's.
        Result copied = TestSite.tool(
                folder,
                "env",
                "HOME=" + home,
                "ssh-agent",
                "sh",
                "-c",
                "ssh-add -q '%s' && %s".formatted(server.key(), copy));

        assertDone(copied);
        assertThat(authorized).content().contains("ssh-ed25519 ");
        assertDone(offsite(init()));
    }

    @Test
    void aPersonIsAskedAndWaitedFor() throws Exception {
        assumeTrue(PseudoTerminal.available());
        try (PseudoTerminal person = PseudoTerminal.start(folder, environment(), launcher("init"))) {
            person.await("unless it is 22): ");
            person.type("nas:port");
            person.await("is no name or address of a server");
            person.await("unless it is 22): ");
            person.type(server.host() + ":" + server.port());
            person.await("User on that server [offsite]: ");
            person.type(server.user());
            person.await("are shipped: ");
            person.type("nowhere");
            person.await("is missing");
            person.await("are shipped: ");
            person.type("backups/db");
            person.await("that they go to [/srv/offsite/db]: ");
            person.type(root.toString());
            String shown = person.await("or paste the server's fingerprint): ");
            assertThat(shown).contains(fingerprint("ed25519"), "+----[SHA256]-----+");
            person.type("maybe");
            person.await("neither yes or no nor a fingerprint");
            person.await("or paste the server's fingerprint): ");
            // As ssh-keygen -l prints it.
            person.type("256 %s root@server (ED25519)".formatted(fingerprint("ed25519")));
            String how = person.await("Press Enter when that is done (q: stop here): ");
            person.type("");
            person.await("does not let the key in yet.");
            String line = how.lines()
                    .filter(each -> each.startsWith("  restrict ssh-ed25519"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(authorized, line.strip() + "\n");
            person.await("(q: stop here): ");
            person.type("");
            assertThat(person.end()).as(person.screen()).isZero();
            assertThat(person.screen()).contains("lets us in", "Test file: shipped, verified, and removed again");
        }
        assertThat(config).exists();
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void aPersonMaySayNo() throws Exception {
        assumeTrue(PseudoTerminal.available());
        for (String answer : List.of("no", "SHA256:" + "A".repeat(43))) {
            try (PseudoTerminal person = PseudoTerminal.start(folder, environment(), launcher(init()))) {
                person.await("or paste the server's fingerprint): ");
                person.type(answer);
                assertThat(person.end()).as(person.screen()).isEqualTo(ExitCode.TARGET);
                assertThat(person.screen())
                        .contains(answer.equals("no") ? "the host key was not accepted" : "not the expected one");
            }
            assertThat(config.resolveSibling("known_hosts")).doesNotExist();
        }
        assertThat(server.logins()).isZero();
    }

    @Test
    void anotherServerIsRefused() throws IOException {
        String other = "SHA256:" + "A".repeat(43);
        assertRefused(
                offsite(init("--fingerprint", other)),
                ExitCode.TARGET,
                "not the expected one",
                other,
                fingerprint("ed25519"));
        assertRefused(
                offsite(init("--fingerprint", "yes")),
                ExitCode.CONFIGURATION,
                "--fingerprint: 'yes' is no fingerprint");

        trustServer();
        assertRefused(offsite(init("--fingerprint", other)), ExitCode.TARGET, "not the expected one", other);
        server.changeHostKeys();
        Result changed = offsite(init());
        assertThat(changed.exit()).isEqualTo(ExitCode.TARGET);
        assertThat(changed.err()).contains("has CHANGED", "ssh-keygen -R");
        assertThat(config.resolveSibling("known_hosts")).doesNotExist();
    }

    /** As it is known: by a hashed name here. */
    @Test
    void aServerThatSshKnowsIsNoQuestion() throws IOException {
        trustServer();
        Path known = home.resolve(".ssh/known_hosts");
        assertDone(TestSite.tool(folder, "ssh-keygen", "-Hf", known.toString()));

        Result result = offsite(init());

        assertRefused(result, ExitCode.TARGET, "does not let the key in yet");
        assertThat(result.out()).contains("known by " + known + ", line ").doesNotContain("ssh-keygen -lvf");
        assertThat(config.resolveSibling("known_hosts"))
                .content()
                .startsWith("|1|")
                .hasLineCount(1);
    }

    @Test
    void everyRefusalSaysTheNextStep() throws IOException {
        trustServer();
        assertRefused(offsite("init"), ExitCode.CONFIGURATION, "--server HOST --user NAME --source DIR --root /PATH");
        assertRefused(offsite("-c", "x", "init"), ExitCode.CONFIGURATION, "use --dir DIR");
        assertRefused(offsite(init("--job", "a b")), ExitCode.CONFIGURATION, "--job: 'a b'");
        assertRefused(
                offsite("init", "--server", "nas", "--user", "u", "--source", "missing", "--root", "/srv/x"),
                ExitCode.CONFIGURATION,
                "--source: the source folder " + folder.resolve("missing") + " is missing; name the folder");
        assertRefused(
                offsite("init", "--server", "nas", "--user", "u", "--source", "backups", "--root", "srv"),
                ExitCode.CONFIGURATION,
                "--root: 'srv' is not absolute");
        assertThat(config.getParent()).doesNotExist();

        server.stop();
        assertRefused(
                offsite(init()), ExitCode.TARGET, "cannot be reached", "Then run it again: offsite init --server");
        Path locked = folder.resolve("locked");
        Files.writeString(locked, "");
        assertRefused(
                offsite(init("--dir", locked + "/x")),
                ExitCode.CONFIGURATION,
                "cannot be made",
                "name another folder with --dir");
        assertThat(root).doesNotExist();
    }

    @Test
    void aRootThatMayNotBeWrittenIsTheServersMatter() throws IOException {
        server.close();
        start("ForceCommand internal-sftp -R");
        trustServer();
        Result stranger = offsite(init());
        Files.writeString(authorized, line(stranger, "restrict ssh-ed25519 ") + "\n");

        Result result = offsite(init());

        assertThat(result.exit()).as("%s", result).isEqualTo(ExitCode.FAILED);
        assertThat(result.out())
                .contains("make folder", "FAIL", "as root there:", "install -d -o root -m 0750 '" + root + "'");
        assertThat(result.err())
                .contains("doctor found what must be put right first (FAIL above); then run: offsite init ");
        assertThat(root).doesNotExist();

        // It goes on where it was.
        server.reconfigure("AuthorizedKeysFile \"%s\"".formatted(authorized));
        Result done = offsite("init");
        assertDone(done);
        assertThat(done.out()).contains("application.properties, which was there already");
    }

    @Test
    void aConfigurationIsNeverChanged() throws IOException {
        letIn("restrict ");
        String written = Files.readString(config);
        Files.createDirectory(folder.resolve("other"));
        assertRefused(
                offsite("init", "--source", "other"),
                ExitCode.CONFIGURATION,
                "there is a configuration already, " + config + ", with another --source, and init",
                "offsite -c " + config + " doctor",
                "--dir");
        Files.writeString(config, written + "# mine\n");
        assertRefused(offsite(init()), ExitCode.CONFIGURATION, "there is a configuration already");
        assertRefused(offsite("init"), ExitCode.CONFIGURATION, "there is a configuration already");
        assertThat(config).hasContent(written + "# mine\n");
        Files.writeString(config, "nonsense");
        assertRefused(offsite(init()), ExitCode.CONFIGURATION, "there is a configuration already");
        assertThat(config).hasContent("nonsense");

        // Another folder is another configuration, with a state of its own; an existing key may be named.
        Result other = offsite(init("--dir", "mine", "--key", server.key().toString(), "--job", "other"));
        assertDone(other);
        assertThat(folder.resolve("mine/application.properties"))
                .content()
                .contains("offsite.state=state\n", "[other].root=", "offsite.key=" + server.key());
        assertThat(folder.resolve("mine/id_ed25519")).doesNotExist();
        Files.delete(config);
        Files.move(folder.resolve("mine"), config.getParent().resolveSibling("moved"));
        assertThat(offsite("list").err()).contains("there is no application.properties here", "offsite init");
    }

    @Test
    void aKeyWithAPassphraseIsNotForTheNight() throws IOException {
        trustServer();
        assertRefused(
                offsite(init("--key", server.encryptedKey("secret").toString())),
                ExitCode.CONFIGURATION,
                "has a passphrase",
                "leave --key out");
        assertRefused(
                offsite(init("--key", "missing")), ExitCode.CONFIGURATION, "there is no file " + folder + "/missing");
    }

    /** As ssh-keygen prints and reads them. */
    @Test
    void keysAreThoseOfOpenssh() throws IOException {
        for (String type : List.of("ed25519", "ecdsa", "rsa")) {
            Path file = Path.of(server.hostKey(type) + ".pub");
            List<String> drawn = TestSite.tool(folder, "ssh-keygen", "-lvf", file.toString())
                    .out()
                    .lines()
                    .toList();
            ShownKey key = ShownKey.of("host " + Files.readString(file));
            assertThat(drawn.get(0)).contains(" " + key.fingerprint() + " ", "(" + key.family() + ")");
            assertThat(drawn.subList(1, drawn.size())).isEqualTo(key.randomart());
        }
        for (int i = 0; i < 20; i++) {
            Path file = folder.resolve("made" + i);
            NewKey made = NewKey.make("me@here");
            Files.writeString(
                    Files.createFile(
                            file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))),
                    made.file());
            Result read = TestSite.tool(folder, "ssh-keygen", "-y", "-P", "", "-f", file.toString());
            assertThat(read.out().strip()).as("%s", read).isEqualTo(made.line());
            assertThat(NewKey.publicLine(file, "me@here")).isEqualTo(made.line());
            Files.writeString(Path.of(file + ".pub"), made.line() + "\n");
            assertThat(ShownKey.of("host " + made.line()).randomart())
                    .isEqualTo(TestSite.tool(folder, "ssh-keygen", "-lvf", file + ".pub")
                            .out()
                            .lines()
                            .skip(1)
                            .toList());
        }
    }

    /** Here, then the user's own, then that of the distribution. */
    @Test
    void aConfigurationIsFoundByItself() throws IOException {
        String text = "camel.routeTemplate[%s].templateId=ship\n";
        Files.writeString(folder.resolve("dist/application.properties"), text.formatted("ofDistribution"));
        assertThat(offsite("config").err()).contains("[ofDistribution]");
        Files.createDirectories(config.getParent());
        Files.writeString(config, text.formatted("ofUser"));
        assertThat(offsite("config").err()).contains("[ofUser]").doesNotContain("[ofDistribution]");
        Files.writeString(folder.resolve("application.properties"), text.formatted("here"));
        assertThat(offsite("config").err()).contains("[here]").doesNotContain("[ofUser]");
        Path named = Files.writeString(folder.resolve("named.properties"), text.formatted("named"));
        assertThat(offsite("-c", named.toString(), "config").err())
                .contains("[named]")
                .doesNotContain("[here]");
    }
}
