package dev.offsite.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceScanTest {

    @TempDir
    private Path source;

    private static void sh(Path folder, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-ec", script)
                .directory(folder.toFile())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private List<String> names(SourceScan found) {
        return found.files().stream()
                .map(f -> source.relativize(f.file().toPath()).toString())
                .sorted()
                .toList();
    }

    @Test
    void findsFilesWithSizeAndTime() throws IOException {
        Files.writeString(source.resolve("a b"), "12345");

        assertThat(SourceScan.in(source, true).files()).singleElement().satisfies(f -> {
            assertThat(f.file()).isEqualTo(source.resolve("a b").toFile());
            assertThat(f.size()).isEqualTo(5);
            assertThat(f.modified()).isEqualTo(f.file().lastModified());
        });
    }

    @Test
    void foldersBelongToTheJobOrNot() throws Exception {
        sh(source, "mkdir -p x/y .h; touch a x/b x/y/c .d .h/e");

        SourceScan all = SourceScan.in(source, true);
        assertThat(names(all)).containsExactly(".d", ".h/e", "a", "x/b", "x/y/c");
        assertThat(all.unshippable()).isEmpty();

        SourceScan flat = SourceScan.in(source, false);
        assertThat(names(flat)).containsExactly(".d", "a");
        assertThat(flat.unshippable()).isEmpty();
    }

    @Test
    void linksAreFollowed() throws Exception {
        sh(source, "mkdir real; echo x > real/file; ln -s real/file link; ln -s real folder");

        SourceScan found = SourceScan.in(source, true);

        assertThat(names(found)).containsExactly("folder/file", "link", "real/file");
        assertThat(found.files()).allSatisfy(f -> assertThat(f.size()).isEqualTo(2));
        assertThat(found.unshippable()).isEmpty();
    }

    @Test
    void linksToNothingAreNamed() throws Exception {
        sh(source, "ln -s nothing dangling; ln -s self self");

        SourceScan found = SourceScan.in(source, true);

        assertThat(found.files()).isEmpty();
        assertThat(found.unshippable())
                .containsEntry("dangling", "it is a symbolic link to nothing")
                .containsKey("self")
                .hasSize(2);
    }

    @Test
    void loopsAreNamed() throws Exception {
        sh(source, "mkdir x; touch x/a; ln -s .. x/up");

        SourceScan found = SourceScan.in(source, true);

        assertThat(names(found)).containsExactly("x/a");
        assertThat(found.unshippable())
                .containsExactly(java.util.Map.entry("x/up", "it links back to a folder above it"));
    }

    @Test
    void pipesAreNamedAndNotOpened() throws Exception {
        sh(source, "mkfifo pipe; ln -s /dev/null device");

        SourceScan found = SourceScan.in(source, true);

        assertThat(found.files()).isEmpty();
        assertThat(found.unshippable())
                .containsEntry("pipe", "it is no regular file")
                .containsEntry("device", "it is no regular file");
    }

    @Test
    void namesThatAreNoTextAreNamed() throws Exception {
        sh(source, "touch \"$(printf 'b\\377d')\" good");

        SourceScan found = SourceScan.in(source, true);

        assertThat(names(found)).containsExactly("good");
        assertThat(found.unshippable().values())
                .singleElement()
                .asString()
                .isEqualTo("its name is not valid in " + System.getProperty("sun.jnu.encoding"));
    }

    /** Where this runs as root, nothing is unreadable, and then it must be found. */
    @Test
    void foldersThatMayNotBeReadAreNamed() throws Exception {
        sh(source, "mkdir shut; touch shut/a");
        Path shut = source.resolve("shut");
        Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("---------"));
        try {
            SourceScan found = SourceScan.in(source, true);
            if (Files.isReadable(shut)) {
                assertThat(names(found)).containsExactly("shut/a");
            } else {
                assertThat(found.files()).isEmpty();
                assertThat(found.unshippable()).containsEntry("shut", "it may not be read");
            }
        } finally {
            Files.setPosixFilePermissions(shut, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aSourceThatIsMissingIsNoEmptyOne() {
        assertThatIOException()
                .isThrownBy(() -> SourceScan.in(source.resolve("nothing"), true))
                .withMessageContaining("is missing or may not be read");
    }
}
