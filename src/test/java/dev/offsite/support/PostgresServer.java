package dev.offsite.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offsite.cluster.ClusterSettings;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of Debian's package, in a folder of its own: on a socket there, which asks for no password, and on a
 * port of 127.0.0.1, which does.
 */
public final class PostgresServer implements AutoCloseable {

    private static final String MISSING = "no PostgreSQL here: apt-get install postgresql";
    private static final String USER = "postgres";
    private static final String CLIENT = "offsite";
    private static final String PASSWORD = "it's \"secret\" \\ päss";
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");
    private static final int ATTEMPTS = 5;

    private final Path programs;
    private final Path folder;
    private final String options;
    private final AtomicInteger databases = new AtomicInteger();
    private final Thread lastResort = new Thread(() -> control("-m", "immediate", "stop"), "stop PostgreSQL");
    private int port = 5432;

    private PostgresServer(Path programs, Path folder, boolean durable) {
        this.programs = programs;
        this.folder = folder;
        this.options = "-c max_connections=200 -c recovery_init_sync_method=syncfs -k " + folder
                + (durable ? "" : " -c fsync=off");
    }

    /** One that loses data in a power cut, but is quicker. Skips the test where PostgreSQL is missing. */
    public static PostgresServer start() throws IOException {
        return start(false);
    }

    /**
     * The same.
     *
     * @param durable whether a commit waits for the disk
     */
    public static PostgresServer start(boolean durable) throws IOException {
        Optional<Path> programs = programs();
        if (programs.isEmpty() && Boolean.parseBoolean(System.getProperty("CI", System.getenv("CI")))) {
            throw new IllegalStateException(MISSING);
        }
        assumeTrue(programs.isPresent(), MISSING);
        // Not below the test's own folder, which only its user may enter; and the path of a socket must be short.
        Path folder = Files.createTempDirectory("offsite-pg");
        PostgresServer server = new PostgresServer(programs.get(), folder, durable);
        if (isRoot()) {
            server.run("chown", USER, folder.toString());
        }
        server.asUser(
                server.program("initdb"),
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--username=" + USER,
                "--no-sync",
                "-D",
                server.data());
        server.launchOnFreePort();
        Runtime.getRuntime().addShutdownHook(server.lastResort);
        server.sql("postgres", "create role %s login password '%s'".formatted(CLIENT, PASSWORD.replace("'", "''")));
        return server;
    }

    private void launchOnFreePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            port = FreePort.find();
            Result started = launch();
            if (started.exit() == 0) {
                return;
            }
            if (attempt == ATTEMPTS) {
                throw new IOException(started + Files.readString(folder.resolve("log")));
            }
        }
    }

    private Result launch() {
        String all = "-c listen_addresses=127.0.0.1 -c port=%d %s".formatted(port, options);
        return control("-l", folder.resolve("log").toString(), "-o", all, "start");
    }

    private Result control(String... words) {
        List<String> command = new ArrayList<>(List.of(program("pg_ctl"), "-D", data(), "-w"));
        command.addAll(List.of(words));
        return TestSite.tool(folder, asUserWords(command));
    }

    private String data() {
        return folder.resolve("data").toString();
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
    private static String[] asUserWords(List<String> command) {
        List<String> words = new ArrayList<>(isRoot() ? List.of("runuser", "-u", USER, "--") : List.of());
        words.addAll(command);
        return words.toArray(String[]::new);
    }

    private void asUser(String... command) {
        run(asUserWords(List.of(command)));
    }

    public int port() {
        return port;
    }

    /** How a node uses a new database of its own, which belongs to the user that it has. */
    public ClusterSettings database() throws IOException {
        String name = "test" + databases.incrementAndGet();
        sql("postgres", "create database %s owner %s".formatted(name, CLIENT));
        return settings(name, PASSWORD);
    }

    /** The same for any name and password. */
    public ClusterSettings settings(String database, String password) throws IOException {
        Path file = Files.createTempFile(folder, "password", ".txt");
        Files.writeString(file, password + "\n");
        return new ClusterSettings(
                Optional.of("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database)),
                Optional.of(CLIENT),
                Optional.of(file));
    }

    /** Its clients lose their connections; a second later it is back. */
    public void restart() {
        stop();
        startAgain();
    }

    /** The way it ends when the machine is switched off. */
    public void stop() {
        assertThat(control("-m", "immediate", "stop").exit()).isZero();
    }

    /** Does nothing if it runs. */
    public void startAgain() {
        if (control("status").exit() == 0) {
            return;
        }
        Result started = launch();
        assertThat(started.exit()).as("%s", started).isZero();
    }

    /** Ends the connections of all clients whose name begins with that. */
    public void killConnections(String application) {
        sql(
                "postgres",
                ("select count(pg_terminate_backend(pid)) from pg_stat_activity where backend_type = 'client backend'"
                                + " and pid <> pg_backend_pid() and application_name like '%s%%'")
                        .formatted(application));
    }

    /** How programs find it. */
    public Map<String, String> environment() {
        return Map.of("PGHOST", folder.toString(), "PGPORT", String.valueOf(port), "PGUSER", USER);
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
        control("-m", "immediate", "stop");
        Runtime.getRuntime().removeShutdownHook(lastResort);
        TestSite.tool(Path.of("/"), "rm", "-r", folder.toString());
    }
}
