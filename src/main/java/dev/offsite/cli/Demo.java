package dev.offsite.cli;

import dev.offsite.job.DatedFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Shows a complete job with an embedded server in a temporary folder, which is removed afterwards. */
public final class Demo {

    private static final String ROOT = "/srv/offsite/db";
    private static final int OLDER_FOLDERS = 9;
    private static final int SMALL = 8 * 1024;

    private final PrintStream out;
    private final Clock clock;
    private final int more;

    Demo(PrintStream out, Clock clock) {
        this(out, clock, 0);
    }

    /** @param more number of additional small files, for a longer run */
    Demo(PrintStream out, Clock clock, int more) {
        this.out = out;
        this.clock = clock;
        this.more = more;
    }

    /** Starts a server that keeps its files below a folder. */
    @FunctionalInterface
    interface Starter {
        DemoServer start(Path folder) throws IOException;
    }

    int run() throws Exception {
        return run(DemoServer::here);
    }

    int run(Starter starter) throws Exception {
        Path folder = Files.createTempDirectory("offsite-demo");
        try (DemoServer server = starter.start(Files.createDirectory(folder.resolve("server")))) {
            Path source = Files.createDirectory(folder.resolve("backups"));
            writeBackups(source);
            writeOlderFolders(server.files());
            Path file = folder.resolve("application.properties");
            Files.writeString(file, configuration(server, source, folder));
            out.printf("A server with an SFTP subsystem listens on %s:%d.%n", server.host(), server.port());
            out.printf("Before: %d dated folders in %s.%n%n", OLDER_FOLDERS, ROOT);
            Configuration configuration = Configuration.load(file);
            try (CamelApplication routes = CamelApplication.startShip(configuration)) {
                ShipOnce.Outcome outcome = new ShipOnce(routes).ship("db");
                out.println(ShipCommand.summary(outcome));
                show(server.files().resolve(ROOT.substring(1)));
                return outcome.exitCode();
            }
        } finally {
            delete(folder);
        }
    }

    private void writeBackups(Path source) throws IOException {
        String today = DatedFolder.BASIC.name(LocalDate.now(clock));
        write(source.resolve("app-" + today + ".db.gz"), 3_000_000);
        write(source.resolve("wiki/pages-" + today + ".tar"), 700_000);
        write(source.resolve("wiki/with space & quote's.tar"), 40_000);
        write(source.resolve("empty.log"), 0);
        for (int i = 0; i < more; i++) {
            write(source.resolve("more/" + i), SMALL);
        }
    }

    private void write(Path file, int size) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant().minus(Duration.ofHours(1))));
    }

    private void writeOlderFolders(Path server) throws Exception {
        for (int days = 1; days <= OLDER_FOLDERS; days++) {
            String date = DatedFolder.BASIC.name(LocalDate.now(clock).minusDays(days));
            Path dated =
                    Files.createDirectories(server.resolve(ROOT.substring(1)).resolve(date));
            String name = "app-" + date + ".db.gz";
            byte[] bytes = ("backup of " + date).getBytes(StandardCharsets.UTF_8);
            Files.write(dated.resolve(name), bytes);
            String hash = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
            Files.writeString(dated.resolve("SHA256SUMS"), hash + "  " + name + "\n");
        }
    }

    private static String configuration(DemoServer server, Path source, Path folder) {
        return """
                offsite.host=%s
                offsite.port=%d
                offsite.user=%s
                offsite.key=%s
                offsite.known-hosts=%s
                offsite.state=%s
                camel.routeTemplate[db].templateId=ship
                camel.routeTemplate[db].source=%s
                camel.routeTemplate[db].root=%s
                """
                .formatted(
                        server.host(),
                        server.port(),
                        server.user(),
                        server.key(),
                        server.knownHosts(),
                        folder.resolve("state"),
                        source,
                        ROOT);
    }

    private void show(Path root) throws IOException {
        out.printf("%nOn the server, %s:%n", ROOT);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted().skip(1).toList()) {
                int depth = root.relativize(path).getNameCount();
                out.println("  ".repeat(depth) + path.getFileName() + (Files.isDirectory(path) ? "/" : ""));
            }
        }
        Path manifest =
                root.resolve(DatedFolder.BASIC.name(LocalDate.now(clock))).resolve("SHA256SUMS");
        if (Files.exists(manifest)) {
            out.printf("%nIts SHA256SUMS, which sha256sum -c checks without Offsite:%n");
            Files.readAllLines(manifest).forEach(line -> out.println("  " + line));
        }
        out.println(
                """

                For a server of yours: put its address, your key and a job into application.properties,
                then run   offsite config   and   offsite ship
                The README has a configuration in full.""");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        }
    }
}
