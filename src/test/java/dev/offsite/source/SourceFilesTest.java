package dev.offsite.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SourceFilesTest {

    private final SourceFiles files = new SourceFiles();

    @Test
    void hasTheFilesThatWereAdded() {
        List<SourceFile> added = Stream.of(
                        "/a",
                        "/in/b",
                        "/in/c",
                        "/d",
                        "/in/deeper/ü €",
                        "/in/\ud83d\udcbe",
                        "/in/\udc80 half",
                        "e",
                        "in/f")
                .map(name -> new SourceFile(new File(name), name.length(), -name.length()))
                .toList();

        files.addAll(added);

        assertThat(files).containsExactlyElementsOf(added);
        assertThat(files.get(3).file()).isEqualTo(new File("/d"));
        assertThatThrownBy(() -> files.get(added.size())).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> files.get(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void keepsVeryManyInOrder() {
        List<SourceFile> added = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            added.add(new SourceFile(new File("/s/folder-" + i % 7, "backup-" + i), i, 2L * i));
        }

        files.addAll(added);

        assertThat(files).isEqualTo(added);
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(files).isEmpty();
    }
}
