package dev.offsite.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A PostgreSQL server of Debian's package, on a socket in a folder of its own. */
public final class PostgresServer implements AutoCloseable {

    private static final String USER = "postgres";
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");

    private final Path programs;
    private final Path folder;

    private PostgresServer(Path programs, Path folder) {
        this.programs = programs;
        this.folder = folder;
    }

    public static PostgresServer start() throws IOException {
        Optional<Path> programs = programs();
        assumeTrue(programs.isPresent(), "the package postgresql is not installed");
        // Not below the test's own folder, which only its user may enter; and the path of a socket must be short.
        Path folder = Files.createTempDirectory("offsite-pg");
        PostgresServer server = new PostgresServer(programs.get(), folder);
        if (isRoot()) {
            server.run("chown", USER, folder.toString());
        }
        String data = folder.resolve("data").toString();
        server.asUser(server.program("initdb"), "--auth=trust", "--username=" + USER, "--no-sync", "-D", data);
        server.asUser(
                server.program("pg_ctl"),
                "-D",
                data,
                "-w",
                "-l",
                folder.resolve("log").toString(),
                "-o",
                "-c listen_addresses='' -c fsync=off -k " + folder,
                "start");
        return server;
    }

    /** Those of the newest version. */
    private static Optional<Path> programs() throws IOException {
        if (!Files.isDirectory(PROGRAMS)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(PROGRAMS)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder());
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private String program(String name) {
        return programs.resolve(name).toString();
    }

    /** PostgreSQL refuses to run as root. */
    private void asUser(String... command) {
        List<String> words = new ArrayList<>(isRoot() ? List.of("runuser", "-u", USER, "--") : List.of());
        words.addAll(List.of(command));
        run(words.toArray(String[]::new));
    }

    /** How programs find it. */
    public Map<String, String> environment() {
        return Map.of("PGHOST", folder.toString(), "PGUSER", USER);
    }

    /** What a query gives, without blanks; the columns are separated by {@code |}. */
    public String sql(String database, String query) {
        return run("psql", "--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", query)
                .strip();
    }

    /** Runs a program of PostgreSQL to its end, and returns its output. */
    public String run(String... command) {
        List<String> words = new ArrayList<>(List.of("env"));
        environment().forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(List.of(command));
        Result result = TestSite.tool(folder, words.toArray(String[]::new));
        assertThat(result.exit()).as("%s: %s", List.of(command), result).isZero();
        return result.out();
    }

    @Override
    public void close() {
        asUser(program("pg_ctl"), "-D", folder.resolve("data").toString(), "-w", "-m", "immediate", "stop");
        TestSite.tool(Path.of("/"), "rm", "-r", folder.toString());
    }
}
