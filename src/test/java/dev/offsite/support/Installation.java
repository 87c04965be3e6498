package dev.offsite.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.manifest.Manifest;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The distribution as a person installs it, with a configuration of one job, {@code db}, to an {@link OpenSshServer}: its
 * command runs as a process of its own.
 */
public final class Installation {
    private static final Path COMMAND = Path.of("target/offsite/bin/offsite").toAbsolutePath();
    private static final int MOST_SECONDS = 90;
    private static final Pattern VERIFY = Pattern.compile("\\S+ (\\S+) \\\\?[0-9a-f]{64} [ *](.+)");

    private final Path folder;
    private final Path root;
    private final Map<String, String> properties = new TreeMap<>();
    private final Map<String, String> environment = new HashMap<>();

    /** What a run said, and its exit code. */
    public record Result(int exit, String out, String err) {
        /** The lines on stderr that tell of something wrong. */
        public List<String> complaints() {
            return err.lines().filter(line -> !line.contains(" INFO ")).toList();
        }

        @Override
        public String toString() {
            return "exit %d%n--- stdout%n%s--- stderr%n%s".formatted(exit, out, err);
        }
    }

    /** A run that has begun. */
    public record Running(Process process, Path outFile, Path errFile) implements AutoCloseable {
        public String err() {
            return text(errFile);
        }

        /** Its end, which must come soon. */
        public Result end() {
            try {
                assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS))
                        .as("ended in time; its log: %s", err())
                        .isTrue();
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

    /** In that folder; to that server, with its key. */
    public Installation(Path folder, OpenSshServer server) throws IOException {
        this(folder, server, folder.toRealPath().resolve("server/offsite/db"));
        job("root", root.toString());
    }

    /** In that folder; to a server of that kind, with the settings that it needs. */
    public Installation(Path folder, SshVariant.Started target) throws IOException {
        this(folder, target.server(), target.disk().resolve("offsite/db"));
        job("root", target.pathOf(root));
        if (!target.sshPath().isEmpty()) {
            target("ssh-path", target.sshPath());
        }
    }

    private Installation(Path folder, OpenSshServer server, Path root) throws IOException {
        this.folder = folder.toRealPath();
        this.root = root;
        Files.createDirectories(source());
        Files.createDirectories(this.folder.resolve("home"));
        target("host", server.host());
        target("port", String.valueOf(server.port()));
        target("user", server.user());
        target("key", server.key().toString());
        target("known-hosts", server.knownHosts().toString());
        target("state", "state");
        job("templateId", "ship");
        job("source", "source");
    }

    /** Sets {@code offsite.<key>}. */
    public Installation target(String key, String value) {
        properties.put("offsite." + key, value);
        return this;
    }

    /** Sets a key of the job. */
    public Installation job(String key, String value) {
        properties.put("camel.routeTemplate[db]." + key, value);
        return this;
    }

    /** Sets a key by its full name. */
    public Installation set(String key, String value) {
        properties.put(key, value);
        return this;
    }

    /** Takes out all keys that begin so. */
    public Installation unset(String prefix) {
        properties.keySet().removeIf(key -> key.startsWith(prefix));
        return this;
    }

    /** A route file of the user's own. */
    public Path route(String name, String yaml) throws IOException {
        return Files.writeString(
                Files.createDirectories(folder.resolve("routes")).resolve(name), yaml);
    }

    public Installation env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public Path source() {
        return folder.resolve("source");
    }

    /** The job's root on the server's disk; over SFTP it has the same path but on servers of a kind that shows another. */
    public Path root() {
        return root;
    }

    public Path state() {
        return folder.resolve("state");
    }

    /** A finished backup: last written to an hour ago. */
    public Path backup(String name, byte[] content) throws IOException {
        Path file = source().resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(1, ChronoUnit.HOURS)));
        return file;
    }

    public Path backup(String name, String content) throws IOException {
        return backup(name, content.getBytes(StandardCharsets.UTF_8));
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

    /** Runs the command to its end. */
    public Result run(String... arguments) {
        return start(arguments).end();
    }

    public Running start(String... arguments) {
        try {
            assertThat(COMMAND).as("the distribution: mvn package makes it").isExecutable();
            Path out = Files.createTempFile(folder, "run", ".out");
            Path err = Files.createTempFile(folder, "run", ".err");
            List<String> command = new ArrayList<>(List.of(COMMAND.toString()));
            Collections.addAll(command, arguments);
            command.addAll(List.of("-c", configuration().toString()));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            builder.environment().put("HOME", folder.resolve("home").toString());
            return new Running(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All below the job's root: path to kind, and for files and links their content. */
    public Map<String, String> remote() {
        return tree(root());
    }

    /** The same for any folder; empty where there is none. */
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
        return "file " + java.util.Arrays.hashCode(Files.readAllBytes(path));
    }

    /** By what each copy was last verified, or {@code damaged}, as the state folder records it; by name as a manifest has it. */
    public Map<String, String> verifications() {
        Map<String, String> verifications = new TreeMap<>();
        try (Stream<Path> files = Files.walk(state().resolve("verifications"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.readAllLines(file).stream()
                        .map(line -> VERIFY.matcher(line))
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

    /** Part files anywhere below the root. */
    public List<String> parts() {
        return remote().keySet().stream().filter(name -> name.endsWith(".part")).toList();
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

    /**
     * That every file of the source is off-site once and byte for byte, that each SHA256SUMS lists exactly what is beside it
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
            assertThat(sha256sumCheck(dated)).isZero();
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

    private static int sha256sumCheck(Path dated) throws IOException {
        try {
            return new ProcessBuilder("sha256sum", "--strict", "--quiet", "-c", Manifest.NAME)
                    .directory(dated.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
