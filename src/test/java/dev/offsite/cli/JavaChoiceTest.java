package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which Java bin/offsite takes. Scripts stand for Javas; they say who they are. The places are below a folder of the test. */
class JavaChoiceTest {

    private static final int MOST_SECONDS = 60;
    private static final List<String> PROGRAMS = List.of(
            "cat",
            "cksum",
            "find",
            "flock",
            "locale",
            "mkdir",
            "mv",
            "nice",
            "readlink",
            "rm",
            "sed",
            "stat",
            "sync",
            "timeout");

    @TempDir
    Path folder;

    private Path launcher;
    private Path programs;

    @BeforeEach
    void machine() throws Exception {
        String script = Files.readString(Path.of("src/main/dist/bin/offsite"))
                .replaceAll(" (/(?:usr|opt|snap)/\\S*bin/java)", " " + folder + "$1");
        launcher = executable(folder.resolve("offsite/bin/offsite"), script);
        programs = Files.createDirectories(folder.resolve("programs"));
        for (String each : PROGRAMS) {
            Files.createSymbolicLink(programs.resolve(each), program(each));
        }
    }

    @ParameterizedTest
    @CsvSource({"17.0.9, 17.0.13", "17.0.13, 21", "21.0.10, 25.0.1", "21.0.2, 21.0.2.1", "17.0.1, 100"})
    void theNewestByNumbersWins(String older, String newer) throws Exception {
        java("usr/lib/jvm/b", newer);
        java("usr/lib/jvm/a", older);
        onPath(java("usr/lib/jvm/c", older));

        assertThat(run()).isEqualTo(new Run(0, newer, ""));
    }

    @ParameterizedTest
    @CsvSource({
        "usr/lib/jvm/x",
        "usr/lib64/jvm/x",
        "usr/java/x",
        "usr/local/openjdk-21",
        "opt/java/openjdk",
        "opt/jdk-21",
        "home/.sdkman/candidates/java/x",
        "home/.asdf/installs/java/x",
        "elsewhere"
    })
    void itIsLookedForInTheUsualPlacesAndOnThePath(String place) throws Exception {
        Path java = java(place, "21.0.1");
        java("usr/lib/jvm/old", "17.0.1");
        if (place.equals("elsewhere")) {
            onPath(java);
        }

        assertThat(run()).isEqualTo(new Run(0, "21.0.1", ""));
    }

    @Test
    void oneThatIsBrokenIsPassedOver() throws Exception {
        java("opt/jdk-1", "17.0.1");
        java("opt/jdk-2", "21.0.1");
        Files.delete(java("opt/jdk-incomplete", "22").resolve("lib/server/libjvm.so"));
        Files.setPosixFilePermissions(
                java("opt/jdk-unexecutable", "23").resolve("bin/java"), PosixFilePermissions.fromString("rw-r--r--"));
        executable(java("opt/jdk-other-processor", "24").resolve("bin/java"), "#!/bin/sh\nexit 126\n");
        Files.createDirectories(folder.resolve("opt/jdk-removed/bin"));

        assertThat(run()).isEqualTo(new Run(0, "21.0.1", ""));
    }

    @Test
    void anEarlyAccessBuildIsTakenOnlyIfThereIsNoOther() throws Exception {
        java("opt/jdk-28", "28", "28-ea+3");
        assertThat(run()).isEqualTo(new Run(0, "28", ""));

        java("opt/jdk-17", "17.0.1", "17.0.1+9");
        assertThat(run()).isEqualTo(new Run(0, "17.0.1", ""));
    }

    @Test
    void aJavaNewerThanAllThatWereTriedMayLackAnOption() throws Exception {
        Path java = java("opt/jdk-99", "99");
        executable(java.resolve("bin/java"), "#!/bin/sh\necho \"$*\"\n");

        assertThat(run().out()).contains("-XX:+IgnoreUnrecognizedVMOptions");
    }

    @Test
    void theOptionsFitTheOneThatIsTakenAndNotTheLastOneSeen() throws Exception {
        Path java = java("usr/lib/jvm/b", "99");
        executable(java.resolve("bin/java"), "#!/bin/sh\necho \"$*\"\n");
        onPath(java("usr/lib/jvm/c", "17.0.1"));

        assertThat(run().out()).contains("-XX:+IgnoreUnrecognizedVMOptions");
    }

    @Test
    void javaHomeWins() throws Exception {
        java("opt/jdk-21", "21.0.1");

        assertThat(run("JAVA_HOME=" + java("own", "17.0.1"))).isEqualTo(new Run(0, "17.0.1", ""));
    }

    @Test
    void aWrongJavaHomeIsNamedAndTheRunGoesOn() throws Exception {
        Path good = java("opt/jdk-21", "21.0.1");
        Path old = java("own", "11.0.2");

        assertThat(run("JAVA_HOME=" + old))
                .isEqualTo(new Run(
                        0,
                        "21.0.1",
                        "offsite: JAVA_HOME is " + old + ", which is Java 11.0.2: using Java 21.0.1 in " + good
                                + "; set JAVA_HOME to Java 17 or newer, or remove it\n"));
        assertThat(run("JAVA_HOME=/nowhere").err())
                .startsWith("offsite: JAVA_HOME is /nowhere, where there is no bin/java: using Java 21.0.1 in " + good);
    }

    @Test
    void aScriptOnThePathIsAskedIfThereIsNothingElse() throws Exception {
        executable(programs.resolve("java"), "#!/bin/sh\necho 'openjdk version \"21.0.5\"' >&2\necho script\n");
        assertThat(run()).isEqualTo(new Run(0, "script", "openjdk version \"21.0.5\"\n"));

        java("usr/lib/jvm/a", "17.0.1");
        assertThat(run()).isEqualTo(new Run(0, "17.0.1", ""));
    }

    @Test
    void withoutOneALineSaysWhatWasFoundAndWhatToInstall() throws Exception {
        assertThat(run()).isEqualTo(new Run(2, "", refusal("none")));

        Path old = java("usr/lib/jvm/java-11-openjdk", "11.0.2");
        Files.createSymbolicLink(folder.resolve("usr/lib/jvm/java-1.11.0"), old);
        Path incomplete = java("opt/jdk-21", "21.0.1");
        Files.delete(incomplete.resolve("lib/server/libjvm.so"));
        Path alias = folder.resolve("usr/lib/jvm/java-1.11.0");

        assertThat(run("JAVA_HOME=" + old))
                .isEqualTo(new Run(
                        2,
                        "",
                        refusal("only Java 11.0.2 in " + alias + ", Java 21.0.1 in " + incomplete
                                + " (incomplete) (JAVA_HOME is " + old + ", which is Java 11.0.2)")));
    }

    @Test
    void theArchiveOfAJavaThatWasUpgradedGoes() throws Exception {
        Path java = javaThatMakesArchives();
        Files.createDirectories(folder.resolve("offsite/lib"));

        String first = run("OFFSITE_CDS=wait").out();
        assertThat(run("OFFSITE_CDS=wait").out()).isEqualTo(first);
        Files.writeString(java.resolve("release"), "JAVA_RUNTIME_VERSION=\"21.0.2+1\"\nJAVA_VERSION=\"21.0.2\"\n");
        String second = run("OFFSITE_CDS=wait").out();

        assertThat(Path.of(first)).doesNotExist();
        assertThat(Path.of(second)).exists();
    }

    /** As in the Debian package, where lib/cds is a link and root made the archive. */
    @Test
    void anArchiveThatSomeoneElseCouldHaveMadeIsNotUsed() throws Exception {
        javaThatMakesArchives();
        Path cache = folder.resolve("cache");
        Files.createSymbolicLink(
                Files.createDirectories(folder.resolve("offsite/lib")).resolve("cds"), cache);
        Path archive = Path.of(run("OFFSITE_CDS=wait").out());
        assertThat(archive.toRealPath()).startsWith(cache.toRealPath());
        Files.delete(programs.resolve("mkdir")); // so that no other archive can be made, not even in the background

        assertThat(run("OFFSITE_CDS=on").out()).isEqualTo(archive.toString());
        assumeTrue(Files.getOwner(archive).getName().equals("root"), "only root can give files away");
        UserPrincipal other =
                folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
        Files.setOwner(archive, other);
        assertThat(run("OFFSITE_CDS=on").out()).isEmpty();
        Files.setOwner(archive, Files.getOwner(folder));
        Files.setOwner(cache, other);
        assertThat(run("OFFSITE_CDS=wait").out()).isEmpty();
    }

    private Path javaThatMakesArchives() throws IOException {
        Path java = java("opt/jdk-21", "21.0.1");
        executable(
                java.resolve("bin/java"),
                """
                #!/bin/sh
                for each; do
                  case $each in
                    -XX:ArchiveClassesAtExit=*) echo archive >"${each#*=}" ;;
                    -XX:SharedArchiveFile=*) echo "${each#*=}" ;;
                  esac
                done
                """);
        return java;
    }

    private static String refusal(String found) {
        return "offsite: needs Java 17 or newer, but found " + found
                + ": install openjdk-21-jre-headless (Debian, Ubuntu; before"
                + " Debian 13: openjdk-17-jre-headless) or java-21-openjdk-headless (RHEL, Fedora), or set JAVA_HOME to the"
                + " folder of one\n";
    }

    private record Run(int exit, String out, String err) {}

    private Run run(String... environment) throws Exception {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "--version")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", programs.toString());
        builder.environment().put("HOME", folder.resolve("home").toString());
        builder.environment().put("OFFSITE_CDS", "off");
        for (String each : environment) {
            builder.environment().put(each.replaceAll("=.*", ""), each.replaceAll("^[^=]*=", ""));
        }
        Process process = builder.start();
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out).strip(), Files.readString(err));
    }

    private Path java(String place, String version) throws IOException {
        return java(place, version, version + "+1");
    }

    private Path java(String place, String version, String runtime) throws IOException {
        Path home = folder.resolve(place);
        executable(home.resolve("bin/java"), "#!/bin/sh\necho '" + version + "'\n");
        Files.createFile(Files.createDirectories(home.resolve("lib/server")).resolve("libjvm.so"));
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Test\"\nJAVA_RUNTIME_VERSION=\"%s\"\nJAVA_VERSION=\"%s\"\nLIBC=\"gnu\"\n"
                        .formatted(runtime, version));
        return home;
    }

    private void onPath(Path home) throws IOException {
        Files.createSymbolicLink(programs.resolve("java"), home.resolve("bin/java"));
    }

    private static Path executable(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, script);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path program(String name) {
        return List.of("/usr/bin", "/bin").stream()
                .map(each -> Path.of(each, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }
}
