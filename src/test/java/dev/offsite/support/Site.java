package dev.offsite.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.job.DatedFolder;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A machine with backups and a place off-site, in one folder: a source, a state, a root on a server, and a configuration with the
 * job {@code db}. The command is the distribution in {@code target/offsite}, started as a process of its own.
 */
public final class Site {
    private static final Path PROGRAM = Path.of("target", "offsite", "bin", "offsite");
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path folder;
    private final Path root;
    private final Map<String, String> properties = new LinkedHashMap<>();
    /** Where it is about noon, so that no day ends while a test runs. */
    private final String zone = noonZone();

    /** How the build has Java compile, for short runs. */
    private String javaOptions = System.getenv().getOrDefault("OFFSITE_JAVA_OPTS", "");

    private Site(Path folder, Path root) throws IOException {
        this.folder = folder.toAbsolutePath();
        this.root = root;
        Files.createDirectories(source());
        property("state", this.folder.resolve("state").toString());
        jobProperty("templateId", "ship");
        jobProperty("source", source().toString());
    }

    /** A site in that folder that ships to this server; its root is in the same folder. */
    public static Site of(Path folder, OpenSshServer server) throws IOException {
        Site site = new Site(folder, folder.toAbsolutePath().resolve("off site"));
        site.jobProperty("root", site.root.toString());
        site.target(server.host(), server.port(), server.user(), server.key(), server.knownHosts());
        return site;
    }

    /** A site in that folder that ships to {@code /srv/off site} of this server. */
    public static Site of(Path folder, EmbeddedServer server) throws IOException {
        Site site = new Site(folder, server.files().resolve("srv/off site"));
        site.jobProperty("root", "/srv/off site");
        site.target(server.host(), server.port(), server.user(), server.key(), server.knownHosts());
        return site;
    }

    private void target(String host, int port, String user, Path key, Path knownHosts) {
        property("host", host);
        property("port", String.valueOf(port));
        property("user", user);
        property("key", key.toString());
        property("known-hosts", knownHosts.toString());
    }

    /** Sets {@code offsite.<key>}. */
    public Site property(String key, String value) {
        properties.put("offsite." + key, value);
        return this;
    }

    /** Sets a key of the job. */
    public Site jobProperty(String key, String value) {
        properties.put("camel.routeTemplate[db]." + key, value);
        return this;
    }

    /** Sets a key of the configuration as it is. */
    public Site set(String key, String value) {
        properties.put(key, value);
        return this;
    }

    /** Where the backups are; the folder has a space in its name. */
    public Path source() {
        return folder.resolve("my backups");
    }

    /** The job's root as this machine sees it; made by the first ship. */
    public Path root() {
        return root;
    }

    /** Writes the configuration file. */
    public Path configuration() throws IOException {
        return Files.write(
                folder.resolve("application.properties"),
                properties.entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue().replace("\\", "\\\\"))
                        .toList());
    }

    /** Writes a backup that was finished an hour ago. */
    public Path write(String name, String content) throws IOException {
        return aged(writeNow(name, content), Duration.ofHours(1));
    }

    /** Writes a backup that was finished just now. */
    public Path writeNow(String name, String content) throws IOException {
        Path file = source().resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, content);
    }

    /** Writes a backup of that many bytes that was finished an hour ago; it takes no room here. */
    public Path writeSparse(String name, long size) throws IOException {
        Path file = writeNow(name, name);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(size);
        }
        return aged(file, Duration.ofHours(1));
    }

    /** Makes it look as if this file was written that long ago. */
    public static Path aged(Path file, Duration age) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
    }

    /** The only dated folder off-site. */
    public Path dated() throws IOException {
        List<Path> folders;
        try (Stream<Path> all = Files.list(root)) {
            folders = all.filter(p -> p.getFileName().toString().matches("[0-9]{8}"))
                    .toList();
        }
        if (folders.size() != 1) {
            throw new AssertionError("not one dated folder: " + folders);
        }
        return folders.get(0);
    }

    /** The dated folder that a ship writes into now, whether it is there or not. */
    public Path today() {
        return root.resolve(DatedFolder.BASIC.name(LocalDate.now(ZoneId.of(zone))));
    }

    /** The files in a folder and all below, symbolic links too, relative to it. */
    public static Set<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(p -> !Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS))
                    .map(p -> folder.relativize(p).toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Runs {@code offsite -c <the configuration> <arguments>} and waits for its end. */
    public Ran run(String... arguments) throws IOException {
        ProcessBuilder process = new ProcessBuilder(commandLine(arguments));
        process.environment().putAll(environment());
        return finish(process);
    }

    /** The same in an environment that has a PATH and nothing else, like cron's. */
    public Ran runAsCron(String... arguments) throws IOException {
        ProcessBuilder process = new ProcessBuilder(commandLine(arguments));
        String path = process.environment().get("PATH");
        process.environment().clear();
        process.environment().put("PATH", path);
        return finish(process);
    }

    private List<String> commandLine(String... arguments) throws IOException {
        List<String> line = new ArrayList<>(List.of(
                PROGRAM.toAbsolutePath().toString(), "-c", configuration().toString()));
        line.addAll(List.of(arguments));
        return line;
    }

    private Map<String, String> environment() {
        return Map.of("OFFSITE_JAVA_OPTS", javaOptions + " -Duser.timezone=" + zone);
    }

    /** Has the program compile as it does for people: for gigabytes. */
    public Site optimizing() {
        javaOptions = "";
        return this;
    }

    /** The time zone where it is about noon. */
    public static String noonZone() {
        int east = 12 - LocalTime.now(ZoneOffset.UTC).getHour();
        return "Etc/GMT" + (east > 0 ? "-" + east : "+" + -east);
    }

    /** What a program did. */
    public record Ran(int exitCode, String stdout, String stderr) {}

    /** Runs a program, such as {@code sha256sum}, in that folder. */
    public static Ran tool(Path in, String... command) throws IOException {
        ProcessBuilder process = new ProcessBuilder(command).directory(in.toFile());
        process.environment().put("LC_ALL", "C.UTF-8");
        return finish(process);
    }

    private static Ran finish(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectInput(new File("/dev/null")).start();
        CompletableFuture<String> stderr = CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getErrorStream().readAllBytes(), UTF_8);
            } catch (IOException e) {
                return e.toString();
            }
        });
        // Ends the process that hangs, and with it the reading below.
        CompletableFuture<Process> hanging = process.onExit()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .whenComplete((p, late) -> {
                    if (late != null) {
                        process.destroyForcibly();
                    }
                });
        String stdout = new String(process.getInputStream().readAllBytes(), UTF_8);
        String said = stderr.join();
        try {
            return new Ran(hanging.join().exitValue(), stdout, said);
        } catch (CompletionException e) {
            throw new IOException("%s did not end; it said:%n%s%n%s".formatted(builder.command(), stdout, said), e);
        }
    }
}
