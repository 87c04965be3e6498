package dev.offsite.cli;

import dev.offsite.io.HashingInputStream;
import dev.offsite.job.DatedFolder;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.util.FileUtil;
import picocli.CommandLine.Command;

/** {@code offsite demo}: a complete job with an embedded server in a temporary folder, which is removed afterwards. */
@Command(
        description =
                "Ships, verifies and prunes against a server of its own; nothing to configure, nothing left behind.")
public final class DemoCommand implements Callable<Integer> {

    private static final String ROOT = "/srv/offsite/db";
    private static final int OLDER_FOLDERS = 9;
    private static final int SMALL = 8 * 1024;

    private final LocalDate today = LocalDate.now(ZoneId.systemDefault());
    private final PrintStream out;
    private final int more;
    private final Consumer<Path> afterwards;

    DemoCommand() {
        this(System.out, 0, file -> {});
    }

    /**
     * @param more number of additional small files, for a longer run
     * @param afterwards called with the configuration file, while the server still runs
     */
    DemoCommand(PrintStream out, int more, Consumer<Path> afterwards) {
        this.out = out;
        this.more = more;
        this.afterwards = afterwards;
    }

    /** Starts a server that keeps its files below a folder. */
    @FunctionalInterface
    interface Starter {
        DemoServer start(Path folder) throws IOException;
    }

    @Override
    public Integer call() throws Exception {
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
            out.printf("A server with an SFTP subsystem listens on %s.%n", server.address());
            out.printf("Before: %d dated folders in %s.%n%n", OLDER_FOLDERS, ROOT);
            int exitCode = ship(file, server);
            afterwards.accept(file);
            return exitCode;
        } finally {
            FileUtil.removeDir(folder.toFile());
        }
    }

    private int ship(Path file, DemoServer server) throws Exception {
        try (CamelApplication routes = CamelApplication.startShip(Configuration.load(file))) {
            ShipOnce.Outcome outcome = new ShipOnce(routes).ship("db");
            out.println(ShipCommand.summary(outcome));
            show(server.files().resolve(ROOT.substring(1)));
            return outcome.exitCode();
        }
    }

    private void writeBackups(Path source) throws IOException {
        String date = DatedFolder.BASIC.name(today);
        write(source.resolve("app-" + date + ".db.gz"), 3_000_000);
        write(source.resolve("wiki/pages-" + date + ".tar"), 700_000);
        write(source.resolve("wiki/with space & quote's.tar"), 40_000);
        write(source.resolve("empty.log"), 0);
        for (int i = 0; i < more; i++) {
            write(source.resolve("more/" + i), SMALL);
        }
    }

    private static void write(Path file, int size) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i * 31 + i / 251);
        }
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
    }

    private void writeOlderFolders(Path server) throws IOException {
        for (int days = 1; days <= OLDER_FOLDERS; days++) {
            String date = DatedFolder.BASIC.name(today.minusDays(days));
            Path dated =
                    Files.createDirectories(server.resolve(ROOT.substring(1)).resolve(date));
            String name = "app-" + date + ".db.gz";
            byte[] bytes = ("backup of " + date).getBytes(StandardCharsets.UTF_8);
            Files.write(dated.resolve(name), bytes);
            String hash =
                    HexFormat.of().formatHex(HashingInputStream.sha256Digest().digest(bytes));
            Files.writeString(dated.resolve("SHA256SUMS"), hash + "  " + name + "\n");
        }
    }

    private static String configuration(DemoServer server, Path source, Path folder) {
        return """
                %s
                offsite.state=%s
                camel.routeTemplate[db].templateId=ship
                camel.routeTemplate[db].source=%s
                camel.routeTemplate[db].root=%s
                """
                .formatted(String.join("\n", server.settings()), folder.resolve("state"), source, ROOT);
    }

    private void show(Path root) throws IOException {
        out.printf("%nOn the server, %s:%n", ROOT);
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted().skip(1).toList()) {
                int depth = root.relativize(path).getNameCount();
                out.println("  ".repeat(depth) + path.getFileName() + (Files.isDirectory(path) ? "/" : ""));
            }
        }
        Path manifest = root.resolve(DatedFolder.BASIC.name(today)).resolve("SHA256SUMS");
        if (Files.exists(manifest)) {
            out.printf("%nIts SHA256SUMS, which sha256sum -c checks without Offsite:%n");
            Files.readAllLines(manifest).forEach(line -> out.println("  " + line));
        }
        out.println(
                """

                For a server of yours, run   offsite init
                It asks what it needs, and tries it. The README says more.""");
    }
}
