package dev.offsite.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumIndexTest {

    private final ChecksumIndex names = new ChecksumIndex();

    @TempDir
    private Path folder;

    private void changedAgo(int seconds) throws IOException {
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minusSeconds(seconds)));
    }

    @Test
    void knowsWhatIsThere() throws Exception {
        Files.createFile(folder.resolve("dump.gz"));
        Files.createFile(folder.resolve("dump.gz.SHA256"));
        Files.createFile(folder.resolve("SHA512SUMS"));
        changedAgo(60);

        assertThat(names.in(folder).mayHave("dump.gz.sha256")).isTrue();
        assertThat(names.in(folder).mayHave("SHA512SUMS")).isTrue();
        assertThat(names.in(folder).mayHave("dump.gz.sha512")).isFalse();
        assertThat(names.in(folder).mayHave("SHA256SUMS")).isFalse();
    }

    @Test
    void seesWhatHasChanged() throws Exception {
        changedAgo(60);
        assertThat(names.in(folder).mayHave("a.sha256")).isFalse();

        Files.createFile(folder.resolve("a.sha256"));
        changedAgo(30);

        assertThat(names.in(folder).mayHave("a.sha256")).isTrue();
    }

    @Test
    void whatHasJustChangedMayHaveAnything() {
        assertThat(names.in(folder).mayHave("a.sha256")).isTrue();
    }

    @Test
    void soMayWhatIsNotThere() {
        assertThat(names.in(folder.resolve("gone")).mayHave("a.sha256")).isTrue();
    }
}
