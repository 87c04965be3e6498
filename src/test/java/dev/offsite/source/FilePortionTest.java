package dev.offsite.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.cluster.MemoryCluster;
import dev.offsite.cluster.SingleNode;
import java.io.File;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FilePortionTest {

    private static final List<File> FILES = IntStream.range(0, 3000)
            .mapToObj("/var/backups/db/dump-%05d.sql"::formatted)
            .map(File::new)
            .toList();

    private final MemoryCluster.Memory memory = new MemoryCluster.Memory();

    private static List<File> of(FilePortion portion) {
        return FILES.stream().filter(portion::has).toList();
    }

    @Test
    void aSingleMachineHasAll() {
        assertThat(FilePortion.of(new SingleNode(null))).isEqualTo(FilePortion.ALL);
        assertThat(of(FilePortion.ALL)).isEqualTo(FILES);
    }

    @Test
    void eachFileIsInThePortionOfOneNodeAndAllHaveAboutAsMany() {
        List<FilePortion> portions = Stream.of(memory.join(), memory.join(), memory.join()).toList().stream()
                .map(FilePortion::of)
                .toList();
        assertThat(portions).doesNotHaveDuplicates();
        assertThat(FILES)
                .allMatch(file ->
                        portions.stream().filter(portion -> portion.has(file)).count() == 1);
        assertThat(portions).allSatisfy(portion -> assertThat(of(portion)).hasSizeBetween(900, 1100));
    }

    @Test
    void theLastNodeAliveHasAll() {
        MemoryCluster last = memory.join();
        MemoryCluster other = memory.join();
        other.die();
        assertThat(of(FilePortion.of(last))).isEqualTo(FILES);
        assertThat(FilePortion.of(other)).as("it will go on under a new name").isEqualTo(FilePortion.ALL);
    }
}
