package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code put}, {@code get} and {@code list} on a machine that has no configuration. */
@RequiresSshd
@Timeout(180)
class DirectTransferIT {

    private static final Path DISTRIBUTION = Path.of("target/offsite").toAbsolutePath();

    @TempDir
    static Path servers;

    private static OpenSshServer server;

    @TempDir
    Path folder;

    private final Map<String, String> environment = new TreeMap<>();
    private Path home;
    private Path there;
    private Path report;
    /** What an ssh-agent has; null for no agent. */
    private Path agentKey;

    @BeforeAll
    static void startServer() throws IOException {
        server = OpenSshServer.start(servers.resolve("sshd"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** A distribution without its application.properties, and a home with a key and known_hosts. */
    @BeforeEach
    void install() throws IOException {
        folder = folder.toRealPath();
        Files.createDirectories(folder.resolve("dist/bin"));
        Files.copy(DISTRIBUTION.resolve("bin/offsite"), folder.resolve("dist/bin/offsite"));
        Files.createSymbolicLink(folder.resolve("dist/lib"), DISTRIBUTION.resolve("lib"));
        home = folder.resolve("home");
        Path ssh = Files.createDirectories(home.resolve(".ssh"));
        Files.copy(server.knownHosts(), ssh.resolve("known_hosts"));
        Files.copy(server.key(), ssh.resolve("id_ed25519"));
        there = Files.createDirectory(folder.resolve("there"));
        report = Files.writeString(folder.resolve("report: 1.pdf"), "report");
    }

    private Result offsite(String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "-u", "XDG_STATE_HOME"));
        if (agentKey == null) {
            command.addAll(List.of("-u", "SSH_AUTH_SOCK"));
        } else {
            String add = "ssh-add -q '%s' && exec \"$@\"".formatted(agentKey);
            command.addAll(List.of("ssh-agent", "sh", "-c", add, "sh", "env"));
        }
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of(
                "OFFSITE_CDS=off",
                "OFFSITE_JAVA_OPTS=-XX:TieredStopAtLevel=1 -Duser.home=" + home,
                folder.resolve("dist/bin/offsite").toString()));
        command.addAll(List.of(arguments));
        return TestSite.tool(folder, command.toArray(String[]::new));
    }

    private String place(Object path) {
        return "sftp://%s@%s:%d%s".formatted(server.user(), server.host(), server.port(), path);
    }

    private String scp(Object path) {
        return "%s@%s:%s".formatted(server.user(), server.host(), path);
    }

    private String address() {
        return "%s@%s:%d".formatted(server.user(), server.host(), server.port());
    }

    private void setEnvironment() {
        environment.put("SSH_HOST", server.host());
        environment.put("SSH_PORT", String.valueOf(server.port()));
        environment.put("SSH_USER", server.user());
        environment.put("SSH_KEY", server.key().toString());
    }

    private static void assertDone(Result result, String start) {
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(result.out()).startsWith(start);
    }

    private static void assertRefused(Result result, int exit, String... words) {
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines())
                .as("%s", result)
                .singleElement()
                .asString()
                .contains(words);
    }

    @Test
    void aPlaceIsEnough() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/sub"));
        Files.writeString(tree.resolve("b"), "b");

        assertDone(
                offsite("put", report.toString(), place(there + "/")),
                "1 file put and verified to " + there + "/report: 1.pdf on " + address() + " (");
        assertDone(
                offsite("put", "tree", scp(there.resolve("copy")), "--port", String.valueOf(server.port())),
                "1 file put and verified to " + there.resolve("copy"));
        assertDone(
                offsite("get", place(there.resolve("copy")), "back"),
                "1 file got and verified to " + folder.resolve("back") + " from " + address() + " (");
        Files.delete(report);
        assertDone(offsite("get", place(there.resolve("report:%201.pdf"))), "1 file got and verified to " + report);
        assertDone(offsite("list", place(there)), "MODE");

        assertThat(there.resolve("report: 1.pdf")).hasContent("report");
        assertThat(there.resolve("copy/sub/b")).hasContent("b");
        assertThat(folder.resolve("back/sub/b")).hasContent("b");
        assertThat(report).hasContent("report");
        Path state = home.resolve(".local/state/offsite");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state)))
                .isEqualTo("rwx------");
    }

    @Test
    void soIsTheEnvironment() throws IOException {
        setEnvironment();
        Files.delete(home.resolve(".ssh/id_ed25519"));
        environment.put("XDG_STATE_HOME", folder.resolve("states").toString());

        assertDone(
                offsite("put", report.toString(), there + "/"),
                "1 file put and verified to " + there + "/report: 1.pdf on " + address());
        assertDone(offsite("get", there + "/report: 1.pdf", "got"), "1 file got");
        Result listed = offsite("list", "sftp:" + there, "--json");
        assertDone(offsite("list", there.toString()), "MODE");

        assertThat(folder.resolve("got")).hasContent("report");
        assertThat(listed.out()).contains("\"name\":\"report: 1.pdf\"", address());
        assertThat(folder.resolve("states/offsite")).isDirectory();
        assertThat(home.resolve(".local")).doesNotExist();
    }

    /** As with ssh. */
    @Test
    void anAliasOfTheUsersSshIsEnough() throws IOException {
        Files.move(home.resolve(".ssh/id_ed25519"), home.resolve("mine"));
        Files.writeString(
                home.resolve(".ssh/config"),
                "Host nas\n HostName %s\n Port %d\n User %s\n IdentityFile %s\n"
                        .formatted(server.host(), server.port(), server.user(), home.resolve("mine")));

        assertDone(
                offsite("put", report.toString(), "nas:" + there + "/x"), "1 file put and verified to " + there + "/x");
    }

    @Test
    void keysOfAnAgentAreTriedAndThenTheUsersOwn() throws IOException {
        Path own = home.resolve(".ssh/id_ed25519");
        agentKey = server.strangerKey();
        assertDone(offsite("put", report.toString(), place(there + "/own")), "1 file put");

        agentKey = Files.move(own, folder.resolve("good"));
        Files.copy(server.strangerKey(), own);
        assertDone(offsite("put", report.toString(), place(there + "/agent")), "1 file put");
        Files.delete(own);
        assertDone(offsite("put", report.toString(), place(there + "/only")), "1 file put");
    }

    @Test
    void aServerThatIsNotKnownIsRefused() throws IOException {
        Path known = home.resolve(".ssh/known_hosts");
        Files.writeString(known, Files.readString(known).replace(server.host(), "192.0.2.1"));
        assertRefused(
                offsite("put", report.toString(), place(there + "/")), ExitCode.TARGET, address(), known.toString());

        Files.delete(known);
        assertRefused(
                offsite("put", report.toString(), place(there + "/")),
                ExitCode.CONFIGURATION,
                "offsite: put: there is no " + known);
        assertThat(there).isEmptyDirectory();
    }

    @Test
    void anotherKeyIsRefused() throws IOException {
        setEnvironment();
        environment.put("SSH_KEY", server.strangerKey().toString());

        assertRefused(offsite("put", report.toString(), there + "/"), ExitCode.TARGET, "refuses the login");
        assertRefused(offsite("list", "sftp:" + there), ExitCode.TARGET, "refuses the login");
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        String file = report.toString();
        assertRefused(
                offsite("put", file, "/srv/"),
                ExitCode.CONFIGURATION,
                "offsite: put: which server? write user@host:/path, or set SSH_HOST and SSH_USER");
        assertRefused(offsite("get", "sftp:/srv/x"), ExitCode.CONFIGURATION, "get: which server?");
        assertRefused(offsite("list", "sftp:/srv"), ExitCode.CONFIGURATION, "list: which server?");
        assertRefused(offsite("list"), ExitCode.CONFIGURATION, "there is no application.properties here");
        assertRefused(offsite("put", file, "host.example.org:/srv/"), ExitCode.CONFIGURATION, "which user", "SSH_USER");
        assertRefused(offsite("put", file, place("/x"), "--port", "1"), ExitCode.CONFIGURATION, "--port 1, or port");
        Files.delete(home.resolve(".ssh/id_ed25519"));
        assertRefused(offsite("put", file, place("/x")), ExitCode.CONFIGURATION, "which key?", "SSH_KEY");
        setEnvironment();
        environment.put("SSH_PORT", "ssh");
        assertRefused(offsite("put", file, "/x"), ExitCode.CONFIGURATION, "SSH_PORT: 'ssh' is no whole number");
        environment.put("SSH_PORT", "22");
        environment.put("SSH_KEY", "missing");
        assertRefused(
                offsite("put", file, "/x"), ExitCode.CONFIGURATION, "SSH_KEY: there is no file " + folder + "/missing");
    }

    /** The environment changes nothing for it. */
    @Test
    void aConfigurationWins() throws IOException {
        Files.writeString(
                folder.resolve("application.properties"),
                """
                offsite.host=%s
                offsite.port=%d
                offsite.user=%s
                offsite.key=%s
                offsite.known-hosts=%s
                """
                        .formatted(server.host(), server.port(), server.user(), server.key(), server.knownHosts()));
        environment.putAll(Map.of("SSH_HOST", "elsewhere", "SSH_USER", "no", "SSH_PORT", "1", "SSH_KEY", "/none"));
        Files.delete(home.resolve(".ssh/known_hosts"));

        // Without a job, and with one.
        assertDone(
                offsite("put", report.toString(), there + "/"),
                "1 file put and verified to " + there + "/report: 1.pdf on " + address());
        TestSite site = TestSite.of(folder, server);
        environment.forEach(site::env);
        assertDone(
                site.run("put", report.toString(), there + "/again"),
                "1 file put and verified to " + there + "/again on " + address());
        assertDone(site.run("list", place(there)), "MODE");
        assertDone(site.run("list", scp(there)), "MODE");
        assertRefused(
                site.run("put", report.toString(), scp(there + "/x"), "--job", "db"),
                ExitCode.CONFIGURATION,
                "name only one");
        assertRefused(
                site.run("put", report.toString(), scp(site.root() + "/20260131/x")),
                ExitCode.CONFIGURATION,
                "is the job db's own");
    }
}
