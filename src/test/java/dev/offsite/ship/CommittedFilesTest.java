package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.MemoryCluster;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.source.FileState;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.support.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes of a cluster look at the same files. */
class CommittedFilesTest {

    private static final Job DB = Fixtures.job("db", "/srv/db");
    private static final int FILES = 500;
    private static final String HASH = "0123456789abcdef".repeat(4);

    @TempDir
    private Path folder;

    private final MemoryCluster.Memory memory = new MemoryCluster.Memory();
    private final List<Ledger> opened = new ArrayList<>();
    private Ledger here;
    private Ledger there;

    @BeforeEach
    void join() {
        here = open();
        there = open();
    }

    private Ledger open() {
        Ledger ledger = new Ledger(folder.resolve("state").toString());
        MemoryCluster node = memory.join();
        ledger.setCluster(() -> node);
        ledger.start();
        opened.add(ledger);
        return ledger;
    }

    @AfterEach
    void close() {
        opened.forEach(Ledger::stop);
    }

    private List<SourceFile> committed() throws IOException {
        List<SourceFile> files = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            Path path = Files.writeString(folder.resolve("file" + i), "content");
            SourceFile file = SourceFile.of(path.toFile());
            here.add(DB, file, CommittedFiles.value(FileState.of(path), HASH));
            files.add(file);
        }
        return files;
    }

    private static boolean has(Ledger ledger, SourceFile file) {
        return new CommittedFiles(DB, ledger).has(file, read -> {});
    }

    /** So that a poll with nothing new asks for nothing, whatever the number of files. */
    @Test
    void whatIsKnownIsNotAskedAgain() throws Exception {
        List<SourceFile> files = committed();
        assertThat(files).allMatch(file -> has(there, file));
        int asked = memory.reads();
        assertThat(files).allMatch(file -> has(there, file));
        assertThat(memory.reads()).isEqualTo(asked);
    }

    @Test
    void manyAreAskedForAtOnce() throws Exception {
        List<SourceFile> files = committed();
        int asked = memory.reads();
        new CommittedFiles(DB, there).ahead().accept(files);
        assertThat(files).allMatch(file -> has(there, file));
        assertThat(memory.reads()).isEqualTo(asked + 1);
    }

    @Test
    void whatAnotherNodeHasForgottenIsOpenSoon() throws Exception {
        SourceFile file = committed().get(0);
        assertThat(has(there, file)).isTrue();
        here.forget(DB, file);
        assertThat(has(here, file)).isFalse();
        await().atMost(Duration.ofSeconds(20)).until(() -> !has(there, file));
        here.add(DB, file, "");
        assertThat(has(there, file)).isTrue();
    }

    /** Of the same size and time: only its identity and its bytes tell. */
    @Test
    void anotherFileInItsPlaceIsOpenAtOnce() throws Exception {
        SourceFile file = committed().get(0);
        assertThat(has(there, file)).isTrue();
        Path other = Files.writeString(folder.resolve("other"), "CONTENT");
        Files.setLastModifiedTime(other, FileTime.from(Instant.ofEpochMilli(file.modified())));
        Files.delete(file.file().toPath());
        Files.move(other, file.file().toPath());
        assertThat(SourceFile.of(file.file())).isEqualTo(file);

        assertThat(has(there, file)).isFalse();
        assertThat(has(here, file)).isFalse();
    }

    /** What is new here must never be taken for committed. */
    @Test
    void whatIsNotCommittedIsAskedForEachTime() throws Exception {
        SourceFile file =
                SourceFile.of(Files.writeString(folder.resolve("new"), "new").toFile());
        new CommittedFiles(DB, there).ahead().accept(List.of(file));
        assertThat(has(there, file)).isFalse();
        here.add(DB, file, CommittedFiles.value(FileState.of(file.file().toPath()), HASH));
        assertThat(has(there, file)).isTrue();
    }
}
