package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** bin/offsite, with the newest Java of this machine. */
class LauncherIT {

    private static final Path HOME = Path.of("target/offsite").toAbsolutePath();
    private static final int FIRST_WITH_AOT_CACHE = 25;
    private static final int MOST_SECONDS = 300;

    @TempDir
    Path folder;

    private final Path java = newest();

    /** In one line, where Java by itself would say nothing, or several lines. */
    @Test
    void optionsThatJavaRefusesAreNamed() throws Exception {
        Run run = run(Map.of("OFFSITE_CDS", "off", "OFFSITE_JAVA_OPTS", "-XX:+UseG1GC"), "ship");

        assertThat(run.exit()).isEqualTo(ExitCode.CONFIGURATION);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .startsWith("offsite: Java does not start with OFFSITE_JAVA_OPTS='-XX:+UseG1GC': ")
                .contains("Multiple garbage collectors selected")
                .hasLineCount(1);
    }

    @Test
    void startsFromTheArchiveThatFitsTheJava() throws Exception {
        String kind = major(java) >= FIRST_WITH_AOT_CACHE ? "aot" : "jsa";
        Path loaded = folder.resolve("loaded");

        Run run = run(Map.of("OFFSITE_CDS", "wait", "OFFSITE_JAVA_OPTS", log(loaded)), "--version");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(archives(kind)).isNotEmpty();
        assertThat(ours(loaded)).isNotEmpty().allMatch(line -> line.contains("shared objects file"));
    }

    @Test
    void doesWithoutAnArchiveThatDoesNotFitTheOptionsGiven() throws Exception {
        for (String options : List.of("-XX:-UseCompressedOops", "-Xshare:off", "-Xmx200m")) {
            Run run = run(Map.of("OFFSITE_CDS", "wait", "OFFSITE_JAVA_OPTS", options), "--version");

            assertThat(run.exit()).as("%s: %s", options, run.err()).isZero();
            assertThat(run.out()).as(options).startsWith("offsite ");
            assertThat(run.err()).as(options).isEmpty();
        }
    }

    /** A program called timeout stands for a machine too busy to make it, and for a Java that cannot. */
    @ParameterizedTest
    @CsvSource({"124, false", "1, true"})
    void whereTheArchiveWasNotMadeInTimeAnotherStartTriesAgain(int exit, boolean givenUp) throws Exception {
        Path home = Files.createDirectories(folder.resolve("offsite"));
        Files.copy(
                HOME.resolve("bin/offsite"),
                Files.createDirectory(home.resolve("bin")).resolve("offsite"));
        Path lib = Files.createDirectory(home.resolve("lib"));
        try (Stream<Path> jars = Files.list(HOME.resolve("lib"))) {
            for (Path jar : jars.filter(Files::isRegularFile).toList()) {
                Files.copy(jar, lib.resolve(jar.getFileName()));
            }
        }
        Path timeout = Files.writeString(
                Files.createDirectory(folder.resolve("path")).resolve("timeout"),
                "#!/bin/sh\nexit %d\n".formatted(exit));
        Files.setPosixFilePermissions(timeout, PosixFilePermissions.fromString("rwxr-xr-x"));
        String path = timeout.getParent() + ":" + System.getenv("PATH");

        Run run = run(home, Map.of("OFFSITE_CDS", "wait", "PATH", path), "--version");

        assertThat(run.exit()).as(run.err()).isZero();
        try (Stream<Path> left = Files.list(lib.resolve("cds"))) {
            assertThat(left.filter(file -> !file.endsWith("lock"))).hasSize(givenUp ? 1 : 0);
        }
    }

    @Test
    void theOptionsGivenWin() throws Exception {
        String options = "-Xmx77m -XX:TieredStopAtLevel=4 -XX:+PrintFlagsFinal -XX:+DisplayVMOutput";

        Run run = run(Map.of("OFFSITE_CDS", "off", "OFFSITE_JAVA_OPTS", options), "--version");

        assertThat(flag(run, "MaxHeapSize")).isEqualTo(78L << 20);
        assertThat(flag(run, "TieredStopAtLevel")).isEqualTo(4);
    }

    /** By itself, Java begins with a 64th of the machine's memory, and refuses to start if that is more than the limit. */
    @ParameterizedTest
    @CsvSource({"-XX:+PrintFlagsFinal, 16", "-Xms31m, 31", "-Xmx9m, 9", "-XX:MaxHeapSize=9m, 9"})
    void theHeapBeginsSmall(String options, long most) throws Exception {
        Run run = run(
                Map.of(
                        "OFFSITE_CDS",
                        "off",
                        "OFFSITE_JAVA_OPTS",
                        options + " -XX:+PrintFlagsFinal -XX:+DisplayVMOutput"),
                "ship",
                "--help");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(flag(run, "InitialHeapSize")).isPositive().isLessThanOrEqualTo((most + 1) << 20);
    }

    @Test
    void decryptingHasALargerHeap() throws Exception {
        Map<String, String> flags =
                Map.of("OFFSITE_CDS", "off", "OFFSITE_JAVA_OPTS", "-XX:+PrintFlagsFinal -XX:+DisplayVMOutput");

        assertThat(flag(run(flags, "restore", "--identity=key", "--help"), "MaxHeapSize"))
                .isEqualTo(128L << 20);
        assertThat(flag(run(flags, "restore", "--help"), "MaxHeapSize")).isEqualTo(96L << 20);
    }

    @Test
    void theOptimizingCompilerIsOffOnlyForVerbsThatMoveNoData() throws Exception {
        Map<String, String> flags =
                Map.of("OFFSITE_CDS", "off", "OFFSITE_JAVA_OPTS", "-XX:+PrintFlagsFinal -XX:+DisplayVMOutput");

        assertThat(flag(run(flags, "--help"), "TieredStopAtLevel")).isEqualTo(1);
        assertThat(flag(run(flags, "-c", "ship", "config"), "TieredStopAtLevel"))
                .isEqualTo(1);
        Run service = run(flags, "serve", "--help");
        assertThat(flag(service, "TieredStopAtLevel")).isEqualTo(4);
        assertThat(flag(service, "C1MaxInlineSize")).as("compiled as in a ship").isEqualTo(12);
    }

    @Test
    void aRunThatMovesDataSaysNothingOfJavasDirectives() throws Exception {
        Run run = run(Map.of("OFFSITE_CDS", "off"), "-c", "config-file", "ship", "--help");

        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("Usage: offsite ship");
        assertThat(run.err()).isEmpty();
    }

    private record Run(int exit, String out, String err) {}

    private Run run(Map<String, String> environment, String... arguments) throws Exception {
        return run(HOME, environment, arguments);
    }

    private Run run(Path home, Map<String, String> environment, String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                        Stream.concat(Stream.of(home.resolve("bin/offsite").toString()), Stream.of(arguments))
                                .toList())
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("JAVA_HOME", java.getParent().getParent().toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Run(
                process.exitValue(), Files.readString(folder.resolve("out")), Files.readString(folder.resolve("err")));
    }

    private static long flag(Run run, String name) {
        return (run.out() + run.err())
                .lines()
                .filter(line -> line.matches("\\s*\\S+ " + name + " .*"))
                .map(line -> line.replaceAll(".*=\\s*(\\d+).*", "$1"))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not in: " + run));
    }

    private static String log(Path file) {
        return "-Xlog:class+load:file=" + file;
    }

    private static List<String> ours(Path loaded) throws IOException {
        return Files.readAllLines(loaded).stream()
                .filter(line -> line.matches(".* dev\\.offsite\\.cli\\.\\w+ source:.*"))
                .toList();
    }

    private static List<Path> archives(String kind) throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("lib/cds"))) {
            return files.filter(file -> file.toString().endsWith('.' + kind)).toList();
        }
    }

    private static Path newest() {
        List<Path> all = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        File[] installed = new File("/usr/lib/jvm").listFiles();
        for (File each : installed == null ? new File[0] : installed) {
            all.add(each.toPath());
        }
        return all.stream()
                .map(home -> home.resolve("bin/java"))
                .filter(Files::isExecutable)
                .max(Comparator.comparingInt(LauncherIT::major))
                .orElseThrow();
    }

    /** By the file that each Java has beside it; 0 without one. */
    private static int major(Path java) {
        try (Stream<String> lines =
                Files.lines(java.toRealPath().resolve("../../release").normalize())) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.replaceAll("^JAVA_VERSION=\"(\\d+).*", "$1"))
                    .mapToInt(Integer::parseInt)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }
}
