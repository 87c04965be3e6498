package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.RequiresSshd;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A job, or a root on a new machine, by options alone. */
@RequiresSshd
@Timeout(240)
class RootFlagsIT {

    private static final Path DISTRIBUTION = Path.of("target/offsite").toAbsolutePath();

    @TempDir
    static Path servers;

    private static OpenSshServer server;

    @TempDir
    Path folder;

    private Path home;
    private Path root;
    private Path source;

    @BeforeAll
    static void startServer() throws IOException {
        server = OpenSshServer.start(servers.resolve("sshd"));
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /** A configuration in the current folder that must not be read. */
    @BeforeEach
    void install() throws IOException {
        folder = folder.toRealPath();
        Files.createDirectories(folder.resolve("dist/bin"));
        Files.copy(DISTRIBUTION.resolve("bin/offsite"), folder.resolve("dist/bin/offsite"));
        Files.createSymbolicLink(folder.resolve("dist/lib"), DISTRIBUTION.resolve("lib"));
        Files.writeString(folder.resolve("application.properties"), "offsite.nonsense=1\n");
        home = newHome("home");
        root = folder.resolve("srv/db");
        source = Files.createDirectories(folder.resolve("my backups"));
        backup("dump", 0);
    }

    private Path newHome(String name) throws IOException {
        Path ssh = Files.createDirectories(folder.resolve(name).resolve(".ssh"));
        Files.copy(server.knownHosts(), ssh.resolve("known_hosts"));
        Files.copy(server.key(), ssh.resolve("id_ed25519"), StandardCopyOption.COPY_ATTRIBUTES);
        return ssh.getParent();
    }

    private void backup(String name, int days) throws IOException {
        TestSite.aged(
                Files.writeString(source.resolve(name), "content of " + name),
                Duration.ofDays(days).plusHours(1));
    }

    private Result offsite(String... arguments) {
        List<String> command = new ArrayList<>(List.of("env", "-u", "XDG_STATE_HOME", "-u", "SSH_AUTH_SOCK"));
        command.addAll(List.of(
                "OFFSITE_CDS=off",
                "OFFSITE_JAVA_OPTS=-XX:TieredStopAtLevel=1 -Duser.home=" + home,
                folder.resolve("dist/bin/offsite").toString()));
        command.addAll(List.of(arguments));
        return TestSite.tool(folder, command.toArray(String[]::new));
    }

    /** The verb, the root, and more. */
    private Result onRoot(String verb, String... more) {
        List<String> words = new ArrayList<>(List.of(verb, "--root", place()));
        words.addAll(Arrays.asList(more));
        return offsite(words.toArray(String[]::new));
    }

    private String place() {
        return "sftp://%s@%s:%d%s".formatted(server.user(), server.host(), server.port(), root);
    }

    private Result ship(String... more) {
        return onRoot(
                "ship",
                Stream.concat(Stream.of("--source", "my backups"), Stream.of(more))
                        .toArray(String[]::new));
    }

    private Path state() throws IOException {
        try (Stream<Path> states = Files.list(home.resolve(".local/state/offsite/roots"))) {
            return states.reduce((one, two) -> {
                        throw new AssertionError(one + " and " + two);
                    })
                    .orElseThrow();
        }
    }

    private static void assertDone(Result result, String... words) {
        assertThat(result.exit()).as("%s", result).isZero();
        assertThat(List.of(words)).as("%s", result).allMatch(result.out()::contains);
    }

    private static void assertRefused(Result result, int exit, String... words) {
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        assertThat(result.err().lines())
                .as("%s", result)
                .singleElement()
                .asString()
                .contains(words);
    }

    @Test
    void aWholeJob() throws IOException {
        backup("old", 3);

        assertDone(ship("--keep", "1", "--set", "dated-by=file"), "db: 2 files shipped and verified to ");
        assertThat(root).isDirectoryContaining("glob:**/.trash").isDirectoryContaining("glob:**/.offsite-owner");
        try (Stream<Path> all = Files.list(root)) {
            assertThat(all.filter(each -> each.getFileName().toString().matches("[0-9]{8}")))
                    .hasSize(1);
        }
        assertDone(ship("--keep", "1", "--set", "dated-by=file"), "db: nothing new");
        assertThat(state().getFileName().toString()).matches("db-[0-9a-f]{12}");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state())))
                .isEqualTo("rwx------");

        // What it came to is a configuration for everything else.
        assertDone(offsite("-c", state().resolve("application.properties").toString(), "status"), "db");
        assertDone(offsite("-c", state().resolve("application.properties").toString(), "prune", "--dry-run"));
    }

    /** As with a configuration: another installation is refused, and a lost state is noticed. */
    @Test
    void theRulesAreThoseOfAConfiguration() throws IOException {
        assertDone(ship());
        Path first = home;
        home = newHome("other");
        Result other = ship();
        assertThat(other.exit()).as("%s", other).isEqualTo(ExitCode.FAILED);
        assertThat(other.err()).contains("belongs to another installation");

        home = first;
        Path lost = state();
        Files.move(lost, folder.resolve("lost"));
        Result again = ship();
        assertDone(again, "nothing new");
        assertThat(again.err()).contains("a state folder that is lost");
        Files.delete(source.resolve("dump"));
        Files.delete(source);
        Result missing = ship();
        assertThat(missing.exit()).isEqualTo(ExitCode.FAILED);
        assertThat(missing.err()).contains("the source folder " + source + " is missing");
    }

    @Test
    void aNewMachineNeedsTheRootAlone() throws IOException {
        assertDone(ship("--set", "folder-format=yyyy-MM-dd"));
        home = newHome("new");
        String[] format = {"--set", "folder-format=yyyy-MM-dd"};

        assertDone(onRoot("list", format), "complete");
        assertDone(onRoot("list", "--set", "folder-format=yyyy-MM-dd", "latest"), "dump", "listed");
        assertDone(onRoot("restore", "--set", "folder-format=yyyy-MM-dd", "--to", "back"), "1 file restored");
        assertDone(onRoot("restore", "--set", "folder-format=yyyy-MM-dd", "--to", "again", "latest", "dump"), "1 file");
        assertThat(folder.resolve("back/dump")).hasContent("content of dump");
        assertThat(folder.resolve("again/dump")).hasContent("content of dump");
        assertThat(home.resolve(".local")).doesNotExist();
        assertRefused(
                onRoot("restore", "--set", "folder-format=yyyy-MM-dd", "--to", "no", "latest", "nothing"),
                ExitCode.FAILED,
                "nothing");

        assertDone(onRoot("scrub", format));
        Files.writeString(dated().resolve("dump"), "CONTENT of dump");
        Result damaged = onRoot("scrub", format);
        assertThat(damaged.exit()).as("%s", damaged).isEqualTo(ExitCode.FAILED);
        assertThat(damaged.out()).contains("changed", "dump");
        assertThat(state()).isDirectory();
    }

    private Path dated() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.filter(each -> each.getFileName().toString().matches("[0-9-]{10}"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void whatIsWrongIsNamedByItsOption() throws IOException {
        int wrong = ExitCode.CONFIGURATION;
        assertRefused(onRoot("ship"), wrong, "offsite: ship: --root says where to; say with --source DIR what to ship");
        assertRefused(offsite("ship", "--keep", "3"), wrong, "--keep is for a root that --root names");
        assertRefused(offsite("list", "--set", "shared=true"), wrong, "--set shared is for a root that --root names");
        assertRefused(offsite("restore", "--to", "x"), wrong, "restore: name the job, or with --root");
        assertRefused(offsite("verify"), wrong, "verify: name the job, or with --root");
        assertRefused(ship("--keep", "none"), wrong, "offsite: ship: --keep: 'none' is no whole number");
        assertRefused(ship("--set", "keep-dayly=3"), wrong, "--set keep-dayly: there is no such key", "keep-daily");
        assertRefused(ship("--set", "host=nas"), wrong, "--set host: --root says that");
        assertRefused(ship("--set", "shared"), wrong, "--set shared: write shared=VALUE");
        assertRefused(ship("--set", "shared=true", "--set", "shared=false"), wrong, "--set shared is there twice");
        assertRefused(ship("--set", "password=secret"), wrong, "--set password: no secret");
        assertRefused(ship("--set", "key=missing"), wrong, "--set key: there is no file " + folder + "/missing");
        assertRefused(ship("db2"), wrong, "there is no job 'db2'");
        assertRefused(onRoot("list", "-c", "application.properties"), wrong, "name only one of them");
        assertRefused(offsite("list", "--root", "/srv/x"), wrong, "list: which server?");
        assertRefused(offsite("list", "--root", "nas:"), wrong, "no absolute path");
        assertRefused(offsite("list", "--root", "u@" + server.host() + ":/"), wrong, "--root: the root of the server");
        assertThat(root).doesNotExist();
        assertThat(home.resolve(".local")).doesNotExist();

        Files.delete(home.resolve(".ssh/known_hosts"));
        assertRefused(ship(), wrong, "there is no " + home.resolve(".ssh/known_hosts"));
    }
}
