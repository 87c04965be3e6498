package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.Activity;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.support.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UncommittedFilesTest {

    private static final String HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    private final UncommittedFiles files =
            new UncommittedFiles(null, Fixtures.job("db", "/srv/db"), List.of(), new Activity());

    @TempDir
    private Path folder;

    @Test
    void hashesAFile() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "hello");

        assertThat(files.hash(SourceFile.of(file.toFile()))).contains(HELLO);
    }

    /** Such a file must not keep the recovery from the others; what ships it says what is wrong. */
    @Test
    void aFileThatIsGoneOrIsNotWhatItsChecksumSaysHasNoHash() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "hello");
        Files.writeString(folder.resolve("a.sha256"), "0".repeat(64));

        assertThat(files.hash(SourceFile.of(file.toFile()))).isEmpty();
        assertThat(files.hash(new SourceFile(folder.resolve("gone").toFile(), 5, 0)))
                .isEmpty();
    }
}
