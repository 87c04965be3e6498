package dev.offsite.cluster.postgres;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.Layout;
import com.zaxxer.hikari.HikariDataSource;
import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.ClusterSettings;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.postgresql.Driver;
import org.slf4j.LoggerFactory;

/** A node in a process of its own, which has claimed and locked something. */
final class NodeProcess implements AutoCloseable {

    private final Process process;
    private final Queue<String> ids = new ConcurrentLinkedQueue<>();

    private NodeProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(() -> {
            try (BufferedReader lines = process.inputReader()) {
                lines.lines().forEach(ids::add);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    static NodeProcess start(ClusterSettings settings, String claim, String lock) throws IOException {
        return new NodeProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath(),
                        NodeProcess.class.getName(),
                        settings.url().orElseThrow(),
                        settings.user().orElseThrow(),
                        settings.passwordFile().orElseThrow().toString(),
                        claim,
                        lock)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** However this test was started. */
    private static String classPath() {
        return Stream.of(
                        NodeProcess.class,
                        PostgresCluster.class,
                        Driver.class,
                        HikariDataSource.class,
                        Flyway.class,
                        LoggerFactory.class,
                        LoggerContext.class,
                        Layout.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Its names so far, the first as soon as it has its claim and its lock. */
    Queue<String> ids() {
        return ids;
    }

    void signal(String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                .start()
                .waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Ends with its standard input. */
    public static void main(String[] words) throws Exception {
        ClusterSettings settings =
                new ClusterSettings(Optional.of(words[0]), Optional.of(words[1]), Optional.of(Path.of(words[2])));
        Cluster cluster = PostgresCluster.open(settings, "1", PostgresClusterIT.QUICK);
        cluster.join();
        cluster.claims().take(words[3]);
        var unused = cluster.lock(words[4], Duration.ZERO).orElseThrow();
        String last = "";
        while (System.in.available() == 0) {
            String id = cluster.node();
            if (!id.equals(last)) {
                System.out.println(id);
                last = id;
            }
            Thread.sleep(20);
        }
    }
}
