package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package that the build made. What installing it does is tested by bench/package/run. */
class PackageIT {

    private static final Path TARGET = Path.of("target");
    private static final int MOST_SECONDS = 120;
    private static final Pattern LISTED = Pattern.compile("(\\S+) (\\S+) +\\d+ \\S+ \\S+ \\.(/\\S*)( -> \\S+)?");

    /** One line of {@code dpkg-deb --contents}. */
    private record Entry(String mode, String owner, String path, String link) {
        boolean isFile() {
            return mode.startsWith("-");
        }
    }

    @TempDir
    Path folder;

    private Path deb;

    @BeforeEach
    void find() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "needs dpkg-deb");
        try (Stream<Path> files = Files.list(TARGET)) {
            deb = files.filter(file -> file.getFileName().toString().matches("offsite_.*_all\\.deb"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    void allBelongsToRootAndOnlyTheCommandMayBeExecuted() throws Exception {
        List<Entry> entries = entries();

        assertThat(entries).allMatch(entry -> entry.owner().equals("root/root"));
        assertThat(entries.stream().filter(entry -> !entry.mode().startsWith("l")))
                .allMatch(entry -> entry.mode().matches("drwxr-xr-x|-rw-r--r--|-rwxr-xr-x")
                        || (entry.path().equals("/etc/offsite/environment")
                                && entry.mode().equals("-rw-------")));
        assertThat(entries.stream().filter(entry -> entry.mode().equals("-rwxr-xr-x")))
                .extracting(Entry::path)
                .containsExactly("/usr/share/offsite/bin/offsite");
        assertThat(entries.stream().filter(entry -> !entry.link().isEmpty()))
                .extracting(entry -> entry.path() + entry.link())
                .containsExactlyInAnyOrder(
                        "/usr/bin/offsite -> ../share/offsite/bin/offsite",
                        "/usr/share/offsite/docs -> ../doc/offsite/docs",
                        "/usr/share/offsite/lib/cds -> /var/cache/offsite");
    }

    @Test
    void itHasAllThatTheArchiveHas() throws Exception {
        Path archive;
        try (Stream<Path> files = Files.list(TARGET)) {
            archive = files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
        }
        List<String> names = run("tar", "-tzf", archive.toString())
                .map(name -> name.replaceFirst("^[^/]*/", ""))
                .filter(name -> !name.endsWith("/") && !name.equals("LICENSE"))
                .toList();
        List<String> packed = entries().stream().map(Entry::path).toList();

        assertThat(names).hasSizeGreaterThan(150).allSatisfy(name -> assertThat(packed)
                .containsAnyOf(
                        "/usr/share/offsite/" + name,
                        "/usr/share/doc/offsite/" + name,
                        "/usr/share/doc/offsite/examples/" + name,
                        "/usr/lib/" + name.replaceFirst("^systemd/", "systemd/system/"),
                        name.replaceFirst("^man/(.*\\.([15]))", "/usr/share/man/man$2/$1.gz"),
                        name.replaceFirst("^completion/bash/", "/usr/share/bash-completion/completions/"),
                        name.replaceFirst("^completion/zsh/", "/usr/share/zsh/vendor-completions/"),
                        name.replaceFirst("^completion/fish/", "/usr/share/fish/vendor_completions.d/")));
    }

    @Test
    void theEnvironmentOfTheUnitsIsAConffileAndTheConfigurationAnExample() throws Exception {
        run("dpkg-deb", "-R", deb.toString(), folder.resolve("root").toString());
        Path root = folder.resolve("root");

        assertThat(root.resolve("DEBIAN/conffiles")).hasContent("/etc/offsite/environment\n");
        assertThat(Files.readAllLines(root.resolve("usr/share/doc/offsite/examples/application.properties")))
                .filteredOn(line -> !line.startsWith("#") && !line.isBlank())
                .containsExactly("offsite.state=/var/lib/offsite");
        assertThat(root.resolve("usr/lib/systemd/system")).isDirectoryContaining("glob:**/offsite-ship.timer");
        for (String unit : List.of("offsite.service", "offsite-ship.service")) {
            assertThat(root.resolve("usr/lib/systemd/system").resolve(unit))
                    .content()
                    .contains("ExecStart=/usr/bin/offsite ", "StateDirectory=offsite\n")
                    .doesNotContain("/opt/", "CacheDirectory");
        }
        for (String script : List.of("postinst", "prerm", "postrm")) {
            assertThat(root.resolve("DEBIAN").resolve(script)).isExecutable();
            run("sh", "-n", root.resolve("DEBIAN").resolve(script).toString());
        }
        assertThat(root.resolve("DEBIAN/triggers")).content().contains("interest-noawait /usr/lib/jvm\n");
    }

    @Test
    void itDependsOnAJavaThatCanRunIt() throws Exception {
        assertThat(run("dpkg-deb", "-f", deb.toString(), "Depends").toList())
                .containsExactly("default-jre-headless (>= 2:1.17) | java17-runtime-headless"
                        + " | java21-runtime-headless | java25-runtime-headless, adduser");
        assertThat(run("dpkg-deb", "-f", deb.toString(), "Architecture").toList())
                .containsExactly("all");
    }

    @Test
    void theBillOfMaterialsNamesEachJar() throws Exception {
        String bill = Files.readString(TARGET.resolve("offsite.cdx.json"));
        List<String> jars = entries().stream()
                .filter(Entry::isFile)
                .map(Entry::path)
                .filter(path -> path.endsWith(".jar"))
                .map(path -> path.replaceFirst(".*/", "").replaceFirst("\\.jar$", ""))
                .toList();

        assertThat(jars).hasSizeGreaterThan(90).allSatisfy(jar -> {
            String version = jar.replaceFirst("^.*?-(?=\\d)", "");
            String name = jar.substring(0, jar.length() - version.length() - 1);
            assertThat(bill).containsPattern("\"pkg:maven/[^\"]*/" + Pattern.quote(name) + "@" + "[^\"]+\\?type=jar\"");
        });
    }

    private List<Entry> entries() throws Exception {
        return run("dpkg-deb", "--contents", deb.toString())
                .map(LISTED::matcher)
                .filter(matcher -> {
                    assertThat(matcher.matches()).as(matcher.toString()).isTrue();
                    return true;
                })
                .map(matcher -> new Entry(
                        matcher.group(1),
                        matcher.group(2),
                        matcher.group(3),
                        matcher.group(4) == null ? "" : matcher.group(4)))
                .toList();
    }

    private Stream<String> run(String... command) throws Exception {
        Path out = folder.resolve("out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(out)).isZero();
        return Files.readAllLines(out).stream();
    }
}
