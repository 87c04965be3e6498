package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.support.FreePort;
import dev.offsite.support.TestSite;
import dev.offsite.support.TestSite.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A distribution that lacks some of the jars below {@code lib/}, or in which one is damaged. */
@Timeout(180)
class ExtensionsIT {

    private static final String AGAIN = "install the whole distribution again";

    @TempDir
    Path folder;

    private EmbeddedServer server;
    private TestSite offsite;
    private Path lib;

    @BeforeEach
    void install() throws IOException {
        server = EmbeddedServer.start(folder.resolve("server"));
        offsite = TestSite.of(folder, server);
        offsite.backup("a", "a backup");
        Path home = folder.resolve("offsite");
        Result copied = TestSite.tool(
                folder, "cp", "-r", Path.of("target/offsite").toAbsolutePath().toString(), home.toString());
        assertThat(copied.exit()).as("%s", copied).isZero();
        lib = home.resolve("lib");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private Result run(String verb) throws IOException {
        return TestSite.tool(
                folder,
                lib.resolveSibling("bin/offsite").toString(),
                verb,
                "-c",
                offsite.configuration().toString());
    }

    private static Path jar(Path folder, String name) throws IOException {
        try (Stream<Path> jars = Files.list(folder)) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** As a full disk leaves it. */
    private static void cut(Path jar) throws IOException {
        Files.write(jar, Arrays.copyOf(Files.readAllBytes(jar), 2000));
    }

    private static void empty(Path folder) throws IOException {
        try (Stream<Path> jars = Files.list(folder)) {
            for (Path jar : jars.toList()) {
                Files.delete(jar);
            }
        }
    }

    private static void endsInOneLine(Result result, int exit, String... parts) {
        assertThat(result.exit()).as("%s", result).isEqualTo(exit);
        assertThat(result.err().lines())
                .filteredOn(line -> line.startsWith("offsite: "))
                .singleElement()
                .asString()
                .contains(parts);
    }

    @Test
    void theServiceSaysWhatItLacksForItsPort() throws IOException {
        offsite.target("http.port", String.valueOf(FreePort.find()));
        cut(jar(lib.resolve("http"), "vertx-core"));
        endsInOneLine(run("serve"), ExitCode.FAILED, "a library is missing, damaged", AGAIN);

        empty(lib.resolve("http"));
        endsInOneLine(run("serve"), ExitCode.FAILED, "a library is missing, damaged", AGAIN);

        Files.delete(lib.resolve("http"));
        endsInOneLine(run("serve"), ExitCode.CONFIGURATION, lib.resolve("http").toString(), AGAIN);
        // What does not need it works.
        ships(run("ship"));
    }

    @Test
    void aRunSaysWhatItLacksForNotifications() throws IOException {
        offsite.set("offsite.notify[hook].to", "http://127.0.0.1:1/x").set("offsite.notify[hook].on", "shipped");
        cut(jar(lib.resolve("notify"), "camel-http-4"));
        Result shipped = run("ship");
        assertThat(shipped.exit()).as("%s", shipped).isZero();
        assertThat(shipped.err()).contains("notify hook: not told: there is no component for http", "camel-http");

        empty(lib.resolve("notify"));
        Files.delete(lib.resolve("notify"));
        endsInOneLine(run("ship"), ExitCode.CONFIGURATION, lib.resolve("notify").toString(), AGAIN);
    }

    @Test
    void yourOwnJarsMayBeMissingOrNoJars() throws IOException {
        Path spool = folder.resolve("spool");
        offsite.set("offsite.notify[spool].to", "file:" + spool).set("offsite.notify[spool].on", "shipped");
        Files.writeString(Files.createDirectories(lib.resolve("ext")).resolve("mine.jar"), "no jar");
        ships(run("ship"));
        assertThat(spool).isDirectoryContaining(file -> true);

        Result deleted = TestSite.tool(folder, "rm", "-r", lib.resolve("ext").toString());
        assertThat(deleted.exit()).isZero();
        offsite.backup("b", "another");
        ships(run("ship"));
    }

    private static void ships(Result shipped) {
        assertThat(shipped.exit()).as("%s", shipped).isZero();
        assertThat(List.of(shipped.out(), shipped.err()).toString()).contains("1 file shipped");
    }
}
