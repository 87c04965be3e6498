package dev.offsite.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.cli.InJvm;
import dev.offsite.demo.EmbeddedServer;
import dev.offsite.job.DatedFolder;
import dev.offsite.manifest.Manifest;
import dev.offsite.owner.RootMark;
import dev.offsite.support.servers.StartedServer;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * A machine with backups and a server for them, in one folder: a source, a state, a root on the server, and a configuration with
 * the job {@code db}. {@link #run} calls the command in this JVM, or starts the distribution as a process after
 * {@link #asProcess()}; {@link #start} always starts a process. All of them are in a time zone where it is about noon, so that no
 * day ends while a test runs.
 */
public final class TestSite {
    private static final Path PROGRAM = Path.of("target/offsite/bin/offsite").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration PATIENCE_FOR_GIGABYTES = Duration.ofMinutes(5);
    private static final Pattern VERIFICATION = Pattern.compile("\\S+ (\\S+) \\\\?[0-9a-f]{64} [ *](.+)");
    private static final Path OUTPUT_OF_TOOLS = Path.of(System.getProperty("java.io.tmpdir"));
    private static final String ZONE = noonZone();

    static {
        TimeZone.setDefault(TimeZone.getTimeZone(ZONE));
    }

    private final Path folder;
    private final Path root;
    private final Map<String, String> properties = new TreeMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private boolean process;
    private Duration patience = PATIENCE;

    /** How the build has Java compile, for short runs. */
    private String javaOptions = System.getenv().getOrDefault("OFFSITE_JAVA_OPTS", "");

    /** What a run printed, and its exit code. */
    public record Result(int exit, String out, String err) {
        /** The lines on stderr that say that something is wrong. */
        public List<String> complaints() {
            return err.lines().filter(line -> !line.contains(" INFO ")).toList();
        }

        @Override
        public String toString() {
            return "exit %d%n--- stdout%n%s--- stderr%n%s".formatted(exit, out, err);
        }
    }

    /** A process that was started. */
    public record Running(Process process, Path outFile, Path errFile, Duration patience) implements AutoCloseable {
        public String err() {
            return text(errFile);
        }

        /** Waits until it says that on stderr. A process that ends before fails the test at once, with what it said. */
        public Running says(String text) {
            await().atMost(patience).until(() -> !process.isAlive() || err().contains(text));
            assertThat(err()).contains(text);
            return this;
        }

        /** Waits for its end, which must come soon. */
        public Result end() {
            try {
                boolean ended = process.waitFor(patience.toSeconds(), TimeUnit.SECONDS);
                assertThat(ended).as("ended in time; its log: %s", err()).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return new Result(process.exitValue(), text(outFile), err());
        }

        public Result kill() {
            process.destroyForcibly();
            return end();
        }

        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }

    private TestSite(Path folder, Path root, String rootOnServer) throws IOException {
        this.folder = folder.toRealPath();
        this.root = root;
        Files.createDirectories(source());
        Files.createDirectories(this.folder.resolve("home"));
        target("state", "state");
        job("templateId", "ship");
        job("source", source().getFileName().toString());
        job("root", rootOnServer);
    }

    /** A site in that folder that ships to this server; its root is in the same folder. */
    public static TestSite of(Path folder, OpenSshServer server) throws IOException {
        return of(folder, server, folder.toRealPath().resolve("server/offsite/db"));
    }

    /** A site in that folder that ships to this folder of this server. */
    public static TestSite of(Path folder, OpenSshServer server, Path root) throws IOException {
        return new TestSite(folder, root, root.toString()).target(server);
    }

    /** A site in that folder that ships to this kind of server, with the settings that it needs. */
    public static TestSite of(Path folder, SshVariant.Started target) throws IOException {
        Path root = target.disk().resolve("offsite/db");
        TestSite site = new TestSite(folder, root, target.pathOf(root)).target(target.server());
        return target.sshPath().isEmpty() ? site : site.target("ssh-path", target.sshPath());
    }

    /** A site in that folder that ships to {@code /srv/off site} of this server. */
    public static TestSite of(Path folder, EmbeddedServer server) throws IOException {
        return new TestSite(folder, server.files().resolve("srv/off site"), "/srv/off site")
                .target(server.host(), server.port(), server.user(), server.key(), server.knownHosts());
    }

    /** A site in that folder that ships to {@code db} of this server. */
    public static TestSite of(Path folder, StartedServer server) throws IOException {
        return new TestSite(folder, server.files().resolve("db"), server.path("db"))
                .target(server.host(), server.port(), server.user(), server.key(), server.knownHosts());
    }

    /** Sets the server, and its key and known_hosts; the root stays. */
    public TestSite target(OpenSshServer server) {
        return target(server.host(), server.port(), server.user(), server.key(), server.knownHosts());
    }

    private TestSite target(String host, int port, String user, Path key, Path knownHosts) {
        return target("host", host)
                .target("port", String.valueOf(port))
                .target("user", user)
                .target("key", key.toString())
                .target("known-hosts", knownHosts.toString());
    }

    /** Connects through that proxy. */
    public TestSite through(Proxy proxy) throws IOException {
        Path knownHosts = proxy.knownHosts(folder.resolve("proxy_hosts"));
        return target("port", String.valueOf(proxy.port())).target("known-hosts", knownHosts.toString());
    }

    /** Sets {@code offsite.<key>}. */
    public TestSite target(String key, String value) {
        return set("offsite." + key, value);
    }

    /** Sets a key of the job. */
    public TestSite job(String key, String value) {
        return set("camel.routeTemplate[db]." + key, value);
    }

    /** Sets a key by its full name. */
    public TestSite set(String key, String value) {
        properties.put(key, value);
        return this;
    }

    /** Removes all keys that begin with that. */
    public TestSite unset(String prefix) {
        properties.keySet().removeIf(key -> key.startsWith(prefix));
        return this;
    }

    /** Sets an environment variable; from now on each run is a process. */
    public TestSite env(String name, String value) {
        environment.put(name, value);
        return asProcess();
    }

    /** From now on each run is a process: for what is about the launcher, memory, signals or other processes. */
    public TestSite asProcess() {
        process = true;
        return this;
    }

    /** From now on each run is a process that compiles as it does for users: for gigabytes. */
    public TestSite optimizing() {
        javaOptions = "";
        patience = PATIENCE_FOR_GIGABYTES;
        return asProcess();
    }

    /** Where the backups are; the folder has a space in its name. */
    public Path source() {
        return folder.resolve("my backups");
    }

    /** The job's root on the server's disk; the first ship makes it. */
    public Path root() {
        return root;
    }

    public Path state() {
        return folder.resolve("state");
    }

    /** Writes a backup that was finished an hour ago. */
    public Path backup(String name, byte[] content) throws IOException {
        Path file = source().resolve(name);
        Files.createDirectories(file.getParent());
        return aged(Files.write(file, content), Duration.ofHours(1));
    }

    public Path backup(String name, String content) throws IOException {
        return backup(name, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a backup that was finished just now. */
    public Path writeNow(String name, String content) throws IOException {
        Path file = source().resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** Writes a backup of that many bytes that was finished an hour ago; it takes no space on the disk. */
    public Path writeSparse(String name, long size) throws IOException {
        Path file = writeNow(name, name);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
        }
        return aged(file, Duration.ofHours(1));
    }

    /** Sets when this file was written last. */
    public static Path aged(Path file, Duration age) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    /** Writes a route file of the user's own. */
    public Path route(String name, String yaml) throws IOException {
        return Files.writeString(
                Files.createDirectories(folder.resolve("routes")).resolve(name), yaml);
    }

    /** Writes the configuration as it is now. */
    public Path configuration() {
        StringBuilder text = new StringBuilder();
        properties.forEach((key, value) ->
                text.append(key).append('=').append(value.replace("\\", "\\\\")).append('\n'));
        try {
            return Files.writeString(folder.resolve("application.properties"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs {@code offsite <arguments> -c <the configuration>} to its end. */
    public Result run(String... arguments) {
        if (process) {
            return start(arguments).end();
        }
        return InJvm.run(folder, patience, commandLine(arguments).toArray(String[]::new));
    }

    /** Runs it as a process that has a PATH and no other environment, like cron's. */
    public Result runAsCron(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(program(arguments));
        String path = builder.environment().get("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        return start(builder).end();
    }

    /** Starts it as a process. */
    public Running start(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(program(arguments));
        builder.environment().put("OFFSITE_JAVA_OPTS", javaOptions + " -Duser.timezone=" + ZONE);
        builder.environment().put("HOME", folder.resolve("home").toString());
        builder.environment().putAll(environment);
        return start(builder);
    }

    private List<String> program(String... arguments) {
        assertThat(PROGRAM).as("the distribution: mvn package makes it").isExecutable();
        List<String> line = commandLine(arguments);
        line.add(0, PROGRAM.toString());
        return line;
    }

    private List<String> commandLine(String... arguments) {
        List<String> line = new ArrayList<>(List.of(arguments));
        line.addAll(List.of("-c", configuration().toString()));
        return line;
    }

    private Running start(ProcessBuilder builder) {
        builder.directory(folder.toFile());
        return start(folder, patience, builder);
    }

    private static Running start(Path output, Duration patience, ProcessBuilder builder) {
        try {
            Path out = Files.createTempFile(output, "run", ".out");
            Path err = Files.createTempFile(output, "run", ".err");
            builder.redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            return new Running(builder.start(), out, err, patience);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs another program, such as {@code sha256sum}, in that folder. */
    public static Result tool(Path in, String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(in.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Running running = start(OUTPUT_OF_TOOLS, PATIENCE_FOR_GIGABYTES, builder);
        try {
            return running.end();
        } finally {
            running.outFile().toFile().delete();
            running.errFile().toFile().delete();
        }
    }

    /** The dated folders, oldest first. */
    public List<Path> folders() {
        try (Stream<Path> entries = Files.list(root())) {
            return entries.filter(entry -> entry.getFileName().toString().matches("[0-9]{8}"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The only dated folder on the server. */
    public Path dated() {
        assertThat(folders()).hasSize(1);
        return folders().get(0);
    }

    /** The dated folder that a ship writes into now, whether it is there or not. */
    public Path today() {
        return root.resolve(dayBefore(0));
    }

    /** The name of the dated folder of so many days ago. */
    public String dayBefore(int days) {
        return DatedFolder.BASIC.name(LocalDate.now(ZoneId.of(ZONE)).minusDays(days));
    }

    /** All below the job's root but its mark: path to kind, and for files and links their content. */
    public Map<String, String> remote() {
        Map<String, String> remote = tree(root());
        remote.remove(RootMark.NAME);
        return remote;
    }

    /** The same for any folder; empty if it does not exist. */
    public static Map<String, String> tree(Path top) {
        Map<String, String> tree = new TreeMap<>();
        if (!Files.isDirectory(top)) {
            return tree;
        }
        try (Stream<Path> paths = Files.walk(top)) {
            for (Path path : paths.filter(path -> !path.equals(top)).toList()) {
                tree.put(top.relativize(path).toString(), kind(path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return tree;
    }

    private static String kind(Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            return "link " + Files.readSymbolicLink(path);
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return "folder";
        }
        CRC32 crc = new CRC32();
        byte[] content = Files.readAllBytes(path);
        crc.update(content);
        return "file %d %08x".formatted(content.length, crc.getValue());
    }

    /** The files in a folder and all below, symbolic links too, relative to it. */
    public static Set<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> folder.relativize(path).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Part files anywhere below the root. */
    public List<String> parts() {
        return remote().keySet().stream().filter(name -> name.endsWith(".part")).toList();
    }

    /** How each copy was last verified, or {@code damaged}, as the state folder records it; by its name in the manifest. */
    public Map<String, String> verifications() {
        Map<String, String> verifications = new TreeMap<>();
        try (Stream<Path> files = Files.walk(state().resolve("verifications"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.readAllLines(file).stream()
                        .map(VERIFICATION::matcher)
                        .filter(Matcher::matches)
                        .forEach(line -> verifications.put(line.group(2), line.group(1)));
            }
        } catch (NoSuchFileException e) {
            return verifications;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return verifications;
    }

    /**
     * That every file of the source is on the server once and byte for byte, that each SHA256SUMS lists exactly what is beside it
     * and passes sha256sum -c, and that there is no part file.
     */
    public void assertAllOffsite() throws IOException {
        Map<String, String> here = files(source());
        Map<String, String> there = new TreeMap<>();
        for (Path dated : folders()) {
            Map<String, String> files = files(dated);
            files.remove(Manifest.NAME);
            assertThat(Manifest.parse(Files.readString(dated.resolve(Manifest.NAME)))
                            .names())
                    .as("what %s lists", dated.resolve(Manifest.NAME))
                    .isEqualTo(files.keySet());
            Result check = tool(dated, "sha256sum", "--strict", "--quiet", "-c", Manifest.NAME);
            assertThat(check.exit()).as("%s", check).isZero();
            files.forEach((name, content) ->
                    assertThat(there.put(name, content)).as("twice: %s", name).isNull());
        }
        assertThat(there).isEqualTo(here);
        assertThat(parts()).isEmpty();
    }

    private static Map<String, String> files(Path top) {
        Map<String, String> files = tree(top);
        files.values().removeIf(kind -> !kind.startsWith("file"));
        return files;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A time zone where it is about noon. */
    public static String noonZone() {
        int east = 12 - LocalTime.now(ZoneOffset.UTC).getHour();
        return "Etc/GMT" + (east > 0 ? "-" + east : "+" + -east);
    }
}
