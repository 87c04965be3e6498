package dev.offsite.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.cluster.MemoryCluster;
import dev.offsite.io.StateFolder;
import dev.offsite.manifest.PartNames;
import dev.offsite.source.FileState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the nodes of a cluster know of each other's uploads. */
class UploadRecordsTest {

    private static final String TARGET = "me@nas:22";
    private static final String KEY = "0123456789abcdef";

    @TempDir
    Path folder;

    private MemoryCluster here;
    private MemoryCluster there;
    private UploadRecords ours;
    private UploadRecords theirs;
    private Path source;

    @BeforeEach
    void join() throws IOException {
        MemoryCluster.Memory memory = new MemoryCluster.Memory(new StateFolder(folder.resolve("state")));
        here = memory.join();
        there = memory.join();
        ours = new UploadRecords(here, Clock.systemUTC());
        theirs = new UploadRecords(there, Clock.systemUTC());
        source = Files.writeString(folder.resolve("dump"), "dump");
    }

    private String part(MemoryCluster node) {
        return "/srv/" + new PartNames(node.state(), node::node).of("/srv", "dump", 4, 0);
    }

    private void put(UploadRecords records, MemoryCluster node) throws IOException {
        UploadRecord record = new UploadRecord(
                "db", TARGET, part(node), source, FileState.of(source), Optional.empty(), 0, Instant.EPOCH);
        records.put(KEY, record, record.part(), 2);
    }

    @Test
    void oneOfAnotherNodeIsUnderWayForAsLongAsThatIsAlive() throws IOException {
        put(theirs, there);
        Files.delete(source);

        assertThat(ours.resting("db", TARGET)).isEmpty();
        assertThat(ours.stale("db", TARGET)).isEmpty();
        assertThat(ours.keeps(TARGET, part(there))).isTrue();
        assertThat(ours.isElsewhere(ours.find(KEY).orElseThrow())).isTrue();
        assertThat(theirs.resting("db", TARGET)).hasSize(1);
        assertThat(theirs.isElsewhere(theirs.find(KEY).orElseThrow())).isFalse();

        there.die();

        assertThat(ours.resting("db", TARGET)).hasSize(1);
        assertThat(ours.stale("db", TARGET)).hasSize(1);
        assertThat(ours.keeps(TARGET, part(there))).isFalse();
        assertThat(ours.isElsewhere(ours.find(KEY).orElseThrow())).isFalse();
    }

    @Test
    void oneThatAnotherNodeHasAddedSinceCanBeRemoved() throws IOException {
        ours.remove(KEY);
        put(theirs, there);

        assertThat(ours.find(KEY)).isPresent();
        ours.remove(KEY);

        assertThat(theirs.find(KEY)).isEmpty();
    }

    @Test
    void oneThatSomebodyGoesOnWithIsNotTheSame() throws IOException {
        put(theirs, there);
        there.die();
        UploadRecords.Kept before = ours.resting("db", TARGET).get(0);
        assertThat(ours.isSame(before)).isTrue();

        put(ours, here);

        assertThat(ours.isSame(before)).isFalse();
    }
}
