package dev.offsite.embedding;

import dev.offsite.support.OpenSshServer;
import dev.offsite.support.TestSite;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An application of src/it, running as a process of its own in a folder of its own. */
final class Application implements AutoCloseable {

    private final Path log;
    private final Process process;

    private Application(Path log, Process process) {
        this.log = log;
        this.process = process;
    }

    /**
     * @param root where its jobs put their roots on the server
     * @param java what java is given
     */
    static Application start(Path folder, OpenSshServer server, Path root, String... java) throws IOException {
        Path log = folder.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString()),
                                Stream.of(java))
                        .toList())
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("SSH_HOST", server.host());
        builder.environment().put("SSH_PORT", String.valueOf(server.port()));
        builder.environment().put("SSH_USER", server.user());
        builder.environment().put("SSH_KEY", server.key().toString());
        builder.environment().put("SSH_KNOWN_HOSTS", server.knownHosts().toString());
        builder.environment().put("OFFSITE_ROOT", root.toString());
        builder.environment().put("HOSTNAME", "db1");
        // No day ends while this runs; and it runs for seconds: not worth the best code.
        builder.environment()
                .put(
                        "JDK_JAVA_OPTIONS",
                        "-Duser.timezone=" + TestSite.noonZone() + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        return new Application(log, builder.start());
    }

    /** A file that was finished an hour ago. */
    static Path write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        return TestSite.aged(Files.writeString(file, content), Duration.ofHours(1));
    }

    boolean running() {
        return process.isAlive();
    }

    /** What it said, over all starts. */
    String log() throws IOException {
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Asks it to stop, as systemd does, and waits until it has. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not stop");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** The dated folders of a root. */
    static List<Path> dated(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> folder.getFileName().toString().matches("[0-9]{8}"))
                    .toList();
        }
    }
}
