package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.demo.EmbeddedServer;
import dev.offsite.manifest.Manifest;
import dev.offsite.support.TestSite.Result;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import org.apache.camel.util.json.Jsoner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ships with the last build that called it "proof", and goes on with this one: with its state, its folders on the server, and
 * what a killed run has left there.
 */
@EnabledIfSystemProperty(named = "offsite.apps", matches = "true")
@Timeout(180)
class UpgradeIT {

    private static final String OLD = "330bdf931e1fd5d116396b3e5e7f0946caea0f9e";
    private static final DateTimeFormatter FOLDER = DateTimeFormatter.BASIC_ISO_DATE;

    @TempDir
    private Path folder;

    private final Map<String, String> keys = new TreeMap<>();
    private Path old;
    private Path source;
    private Path root;

    @Test
    void whatTheOldBuildDidIsTakenOver() throws Exception {
        old = buildOld();
        source = Files.createDirectories(folder.resolve("source/sub")).getParent();
        try (EmbeddedServer server = EmbeddedServer.start(folder.resolve("server"))) {
            root = server.files().resolve("srv/db");
            configure(server);
            backup("a", 1);
            backup("sub/it's b", 10);
            backup("c", 20);
            backup("d", 30);

            shipAndPrune();
            killAShip();
            refusesTheOldKeys();
            shipsWhatWasNotShipped();
            knowsHowEachCopyWasVerified();
            bringsBackWhatWasPruned();
        }
    }

    private void configure(EmbeddedServer server) {
        keys.put("offsite.host", server.host());
        keys.put("offsite.port", String.valueOf(server.port()));
        keys.put("offsite.user", server.user());
        keys.put("offsite.key", server.key().toString());
        keys.put("offsite.known-hosts", server.knownHosts().toString());
        keys.put("offsite.state", folder.resolve("state").toString());
        keys.put("offsite.proof", "sha256sum");
        // It runs with the class path of these tests, whose HTTP server it does not know.
        List.of("management", "metrics", "opentelemetry2")
                .forEach(name -> keys.put("camel." + name + ".enabled", "false"));
        keys.put("camel.routeTemplate[db].templateId", "ship");
        keys.put("camel.routeTemplate[db].source", source.toString());
        keys.put("camel.routeTemplate[db].root", "/srv/db");
        keys.put("camel.routeTemplate[db].zone", "UTC");
        keys.put("camel.routeTemplate[db].dated-by", "file");
        keys.put("camel.routeTemplate[db].keep", "3");
    }

    private void shipAndPrune() throws Exception {
        Result ship = ended(startOld("ship"));
        assertThat(ship.exit()).as("%s", ship).isZero();
        assertThat(ship.out()).contains("db: 4 files shipped and proven");
        assertThat(root.resolve(".trash").resolve(day(30))).isDirectory();
        assertThat(folder.resolve("state/proofs")).isDirectory();
        assertThat(ended(startOld("drill")).exit()).isZero();
    }

    /** In the middle of a file, of which a part lies on the server then. */
    private void killAShip() throws Exception {
        Files.write(source.resolve("large"), new byte[4 << 20]);
        Files.setLastModifiedTime(
                source.resolve("large"), FileTime.from(Instant.now().minusSeconds(3 * 86_400)));
        keys.put("offsite.limit", "128KiB/s");
        Process killed = startOld("ship");
        await().atMost(Duration.ofSeconds(60)).until(() -> !parts().isEmpty() || !killed.isAlive());
        killed.destroyForcibly().waitFor();
        assertThat(parts()).as("what the killed run has left").isNotEmpty();
        keys.remove("offsite.limit");
    }

    private void refusesTheOldKeys() throws Exception {
        Result refused = offsite("ship");
        assertThat(refused.exit()).as("%s", refused).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(refused.err()).contains("offsite.proof: is now called offsite.verify (hash, readback or size)");
        keys.remove("offsite.proof");
        keys.put("offsite.verify", "hash");
        keys.put("camel.routeTemplate[db].keep", "5");
    }

    private void shipsWhatWasNotShipped() throws Exception {
        Result ship = offsite("ship");
        assertThat(ship.exit()).as("%s", ship).isZero();
        assertThat(ship.out()).contains("db: 1 file shipped and verified");
        assertThat(ship.err()).contains("large -> ").doesNotContain("it's b");
        assertThat(parts()).isEmpty();
        assertThat(offsite("ship").out()).contains("db: nothing new");
    }

    private void knowsHowEachCopyWasVerified() throws Exception {
        Result list = offsite("list", "db", "--json");
        JsonArray folders = (JsonArray) ((JsonObject) Jsoner.deserialize(list.out())).get("folders");
        assertThat(folders.stream().map(JsonObject.class::cast).filter(one -> !one.getString("state")
                        .startsWith("in")))
                .hasSize(4)
                .allSatisfy(one -> assertThat(one)
                        .as("%s", list)
                        .containsEntry("verification", "hash")
                        .containsEntry("state", "complete"));
        assertThat(offsite("list").out()).contains("drill passed");
        Result scrub = offsite("scrub", "--all");
        assertThat(scrub.exit()).as("%s", scrub).isZero();
        assertThat(scrub.out()).contains("db: 4 copies hashed again", "all unchanged");
        assertThat(folder.resolve("state/proofs/" + encodedDestination()).resolve(day(1)))
                .as("what was taken over is not read twice for ever")
                .doesNotExist();
    }

    private String encodedDestination() {
        return java.net.URLEncoder.encode(
                keys.get("offsite.host") + ":" + keys.get("offsite.port") + "/srv/db", StandardCharsets.UTF_8);
    }

    private void bringsBackWhatWasPruned() throws Exception {
        Result undo = offsite("prune", "--undo", day(30));
        assertThat(undo.exit()).as("%s", undo).isZero();
        assertThat(root.resolve(day(30)).resolve("d")).hasContent("d");
        assertThat(Manifest.parse(Files.readString(root.resolve(day(30)).resolve(Manifest.NAME)))
                        .names())
                .containsExactly("d");
        assertThat(offsite("list", "db").out()).containsPattern(day(30) + " .* listed +complete");
    }

    private void backup(String name, int daysAgo) throws IOException {
        Path file = Files.writeString(source.resolve(name), name);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(daysAgo))));
    }

    private static String day(int ago) {
        return FOLDER.format(LocalDate.now(ZoneOffset.UTC).minusDays(ago));
    }

    private List<Path> parts() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(file -> file.getFileName().toString().endsWith(".part"))
                    .toList();
        } catch (java.io.UncheckedIOException movedMeanwhile) {
            return List.of();
        }
    }

    private Path configuration() throws IOException {
        StringBuilder text = new StringBuilder();
        keys.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        return Files.writeString(folder.resolve("application.properties"), text);
    }

    private Result offsite(String... verb) throws IOException {
        return InJvm.run(Stream.concat(Stream.of("-c", configuration().toString()), Stream.of(verb))
                .toArray(String[]::new));
    }

    private Process startOld(String verb) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        old + File.pathSeparator + dependencies(),
                        "dev.offsite.command.Offsite",
                        "-c",
                        configuration().toString(),
                        verb)
                .redirectOutput(folder.resolve("old.out").toFile())
                .redirectError(folder.resolve("old.err").toFile())
                .start();
    }

    private Result ended(Process process) throws Exception {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Result(
                process.waitFor(),
                Files.readString(folder.resolve("old.out")),
                Files.readString(folder.resolve("old.err")));
    }

    /** The old sources, compiled against today's libraries: both builds use the same ones. */
    private Path buildOld() throws Exception {
        Path sources = Files.createDirectory(folder.resolve("old"));
        Path archive = folder.resolve("old.tar");
        Process git = new ProcessBuilder("git", "archive", "-o", archive.toString(), OLD, "src/main", "routes")
                .redirectErrorStream(true)
                .start();
        String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor())
                .as(
                        "this test needs the commit %s, which a shallow clone does not have: git fetch --unshallow (%s)",
                        OLD, said)
                .isZero();
        assertThat(new ProcessBuilder("tar", "-xf", archive.toString(), "-C", sources.toString())
                        .start()
                        .waitFor())
                .isZero();
        Path classes = Files.createDirectory(folder.resolve("classes"));
        copy(sources.resolve("src/main/resources"), classes);
        copy(sources.resolve("routes"), classes.resolve("camel"));
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-nowarn", "-parameters", "-cp", dependencies(), "-d", classes.toString()));
        try (Stream<Path> files = Files.walk(sources.resolve("src/main/java"))) {
            files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        return classes;
    }

    /** The libraries, without our own classes. */
    private static String dependencies() {
        String ours = Path.of("target").toAbsolutePath().toString();
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.startsWith(ours))
                .reduce((a, b) -> a + File.pathSeparator + b)
                .orElseThrow();
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> all = Files.walk(from)) {
            for (Path one : all.toList()) {
                Path target = to.resolve(from.relativize(one).toString());
                if (Files.isDirectory(one)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(one, target);
                }
            }
        }
    }
}
