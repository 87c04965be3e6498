package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.offsite.cluster.MemoryCluster;
import dev.offsite.io.HashingInputStream;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.source.FileClaims;
import dev.offsite.source.FileState;
import dev.offsite.source.SetAside;
import dev.offsite.source.SourceScan;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.support.Fixtures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Invariant 4, and that a source is a file, not a size and a time. */
class AfterCommitTest {
    private static final FileTime TIME = FileTime.from(Instant.parse("2026-01-30T01:02:03Z"));

    @TempDir
    Path folder;

    private Path source;
    private Ledger ledger;

    @BeforeEach
    void open() throws IOException {
        source = Files.createDirectory(folder.resolve("source"));
        ledger = new Ledger(folder.resolve("state").toString());
        ledger.start();
    }

    @AfterEach
    void close() {
        ledger.stop();
    }

    private Job job(AfterCommitAction after) {
        return Fixtures.after(source, after, folder.resolve("moved"));
    }

    private Path write(String name, String text) throws IOException {
        Path file = Files.writeString(source.resolve(name), text);
        Files.setLastModifiedTime(file, TIME);
        return file;
    }

    /** Adds a file as a run does, with the hash of its bytes. */
    private SourceFile commit(Job job, Path file) throws IOException {
        return commit(job, file, ledger);
    }

    private static SourceFile commit(Job job, Path file, Ledger into) throws IOException {
        SourceFile committed = SourceFile.of(file.toFile());
        new AfterCommit(job, into).owe(committed);
        String sha256 = HashingInputStream.sha256(file, read -> {});
        into.add(job, committed, CommittedFiles.value(FileState.of(file), sha256));
        return committed;
    }

    /** As rsync -t and cp -p replace a file. */
    private void replace(Path file, String text) throws IOException {
        Path other = Files.writeString(folder.resolve("other"), text);
        Files.setLastModifiedTime(other, TIME);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private List<String> there() throws IOException {
        try (Stream<Path> files = Files.list(source)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatWasCommittedIsDeleted() throws IOException {
        Job job = job(AfterCommitAction.DELETE);

        new AfterCommit(job, ledger).settle(commit(job, write("app.dump", "old")));

        assertThat(there()).isEmpty();
    }

    /** At the end of a run, another thread may still be at the files of its last batch. */
    @Test
    void aCallWaitsForAnEarlierOne() throws Exception {
        Job job = job(AfterCommitAction.DELETE);
        AfterCommit after = new AfterCommit(job, ledger);
        for (int i = 0; i < 500; i++) {
            after.committed(commit(job, write("dump-" + i, "old")));
        }

        CompletableFuture<Void> earlier = CompletableFuture.runAsync(after::settleCommitted);
        await().pollInterval(Duration.ofMillis(1)).until(after.committed()::isEmpty);
        after.settleCommitted();

        assertThat(there()).isEmpty();
        earlier.get(30, TimeUnit.SECONDS);
    }

    @Test
    void whatWasCommittedIsMoved() throws IOException {
        Job job = job(AfterCommitAction.MOVE);

        new AfterCommit(job, ledger).settle(commit(job, write("app.dump", "old")));

        assertThat(there()).isEmpty();
        assertThat(folder.resolve("moved/app.dump")).hasContent("old");
    }

    @Test
    void anotherFileOfTheSameSizeAndTimeIsNeverDeletedAndIsShippedNext() throws IOException {
        Job job = job(AfterCommitAction.DELETE);
        Path file = write("app.dump", "old");
        SourceFile committed = commit(job, file);
        replace(file, "new");

        new AfterCommit(job, ledger).settle(committed);

        assertThat(file).hasContent("new");
        assertThat(there()).containsExactly("app.dump");
        assertThat(new CommittedFiles(job, ledger).has(committed, read -> {})).isFalse();
    }

    /** cp -p onto a file changes neither its inode, nor its size and time. */
    @Test
    void oneThatWasWrittenOverInPlaceIsAnotherFile() throws IOException {
        Job job = job(AfterCommitAction.KEEP);
        Path file = write("app.dump", "old");
        SourceFile committed = commit(job, file);
        write("app.dump", "new");

        assertThat(new CommittedFiles(job, ledger).has(committed, read -> {})).isFalse();
        assertThat(ledger.contains(job, committed)).isFalse();
    }

    @Test
    void aChangeOfModeIsNoneOfTheBytes() throws IOException {
        Job job = job(AfterCommitAction.DELETE);
        Path file = write("app.dump", "old");
        SourceFile committed = commit(job, file);
        String before = ledger.value(job, committed).orElseThrow();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThat(new CommittedFiles(job, ledger).has(committed, read -> {})).isTrue();
        assertThat(ledger.value(job, committed)).isPresent().get().isNotEqualTo(before);
        // It is read only once.
        assertThat(new CommittedFiles(job, ledger).has(committed, read -> {
                    throw new IllegalStateException("read again");
                }))
                .isTrue();

        new AfterCommit(job, ledger).settle(committed);
        assertThat(there()).isEmpty();
    }

    @Test
    void anEntryOfAnEarlierVersionStaysValid() throws IOException {
        Job job = job(AfterCommitAction.DELETE);
        Path file = write("app.dump", "old");
        SourceFile committed = SourceFile.of(file.toFile());
        ledger.owe(job, committed);
        ledger.add(Ledger.key(job, committed.file(), committed.modified(), committed.size()));

        assertThat(new CommittedFiles(job, ledger).has(committed, read -> {})).isTrue();
        new AfterCommit(job, ledger).settle(committed);
        assertThat(there()).isEmpty();
    }

    @Test
    void aStopWhileHashingForgetsNothing() throws IOException {
        Job job = job(AfterCommitAction.KEEP);
        Path file = write("app.dump", "old");
        SourceFile committed = commit(job, file);
        write("app.dump", "new");

        assertThat(new CommittedFiles(job, ledger).has(committed, read -> {
                    throw new CancellationException();
                }))
                .isTrue();
        assertThat(ledger.contains(job, committed)).isTrue();
    }

    @Test
    void whatCannotBeMovedKeepsItsNameAndIsNotReadAgain() throws IOException {
        Job job = job(AfterCommitAction.MOVE);
        Files.createDirectory(folder.resolve("moved"));
        Files.writeString(folder.resolve("moved/app.dump"), "another");
        SourceFile committed = commit(job, write("app.dump", "old"));

        new AfterCommit(job, ledger).settle(committed);

        assertThat(there()).containsExactly("app.dump");
        assertThat(new CommittedFiles(job, ledger).has(committed, read -> {
                    throw new IllegalStateException("read again");
                }))
                .isTrue();
    }

    @Test
    void whatARunThatWasKilledHadSetAsideIsNoNewFileAndGetsItsNameBack() throws IOException {
        Job job = job(AfterCommitAction.DELETE);
        Path file = write("app.dump", "old");
        commit(job, file);
        new SetAside(file).take();

        SourceScan scan = SourceScan.in(source, true);
        assertThat(scan.files()).isEmpty();
        assertThat(scan.unshippable()).isEmpty();
        AfterCommit afterCommit = new AfterCommit(job, ledger);
        assertThat(afterCommit.putBack(scan)).isTrue();

        List<SourceFile> files = SourceScan.in(source, true).files();
        assertThat(files).extracting(SourceFile::file).containsExactly(file.toFile());
        afterCommit.settleCommitted(files);
        assertThat(there()).isEmpty();
    }

    @Test
    void aNewFileThatCameMeanwhileKeepsItsNameAndTheOldOneStaysToo() throws IOException {
        Path file = write("app.dump", "old");
        new SetAside(file).take();
        write("app.dump", "new");

        new AfterCommit(job(AfterCommitAction.DELETE), ledger).putBack(SourceScan.in(source, true));

        assertThat(file).hasContent("new");
        assertThat(source.resolve("app.dump.replaced-1")).hasContent("old");
        assertThat(there()).hasSize(2);
    }

    @Test
    void aFileThatComesJustThenIsNotLost() throws Exception {
        Job job = job(AfterCommitAction.DELETE);
        for (int i = 0; i < 200; i++) {
            SourceFile committed = commit(job, write("app.dump", "old"));
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                try {
                    replace(committed.file().toPath(), "new");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            new AfterCommit(job, ledger).settle(committed);
            other.get();

            assertThat(there()).isNotEmpty();
            for (String name : there()) {
                assertThat(source.resolve(name)).hasContent("new");
                Files.delete(source.resolve(name));
            }
        }
    }

    /** Where the crash came between the link and the removal of the hidden name. */
    @Test
    void aNameThatIsBackAlreadyStays() throws IOException {
        Path file = write("app.dump", "old");
        Path hidden = new SetAside(file).take();
        Files.createLink(file, hidden);

        new SetAside(file).putBack();

        assertThat(there()).containsExactly("app.dump");
        assertThat(file).hasContent("old");
    }

    @Test
    void aVeryLongNameIsDeletedToo() throws IOException {
        Job job = job(AfterCommitAction.DELETE);

        new AfterCommit(job, ledger).settle(commit(job, write("x".repeat(250), "old")));

        assertThat(there()).isEmpty();
    }

    /** As in a cluster, where another node moves or deletes it, or looks whether it is shipped. */
    @Test
    void whatAnotherNodeHasClaimedIsLeftToItAndStaysOwed() throws Exception {
        MemoryCluster.Memory memory = new MemoryCluster.Memory();
        MemoryCluster other = memory.join();
        Ledger shared = shared(memory);
        Job job = job(AfterCommitAction.DELETE);
        SourceFile committed = commit(job, write("app.dump", "old"), shared);
        AfterCommit after = new AfterCommit(job, shared);
        FileClaims claims = new FileClaims(job, other);
        claims.take(committed.file());

        after.settleCommitted(List.of(committed));
        assertThat(there()).containsExactly("app.dump");
        assertThat(shared.owes(job, committed)).isTrue();

        // Soon enough for this call.
        after.committed(committed);
        CompletableFuture<Void> later = CompletableFuture.runAsync(after::settleCommitted);
        claims.release(committed.file());
        later.get(30, TimeUnit.SECONDS);
        assertThat(there()).isEmpty();
        assertThat(shared.owes(job, committed)).isFalse();
        assertThat(claims.take(committed.file())).isTrue();
    }

    @Test
    void whatAnotherNodeIsAboutToDeleteIsNotPutBack() throws Exception {
        MemoryCluster.Memory memory = new MemoryCluster.Memory();
        MemoryCluster other = memory.join();
        Ledger shared = shared(memory);
        Job job = job(AfterCommitAction.DELETE);
        SourceFile committed = commit(job, write("app.dump", "old"), shared);
        new FileClaims(job, other).take(committed.file());
        new SetAside(committed.file().toPath()).take();
        AfterCommit after = new AfterCommit(job, shared);

        after.putBack(SourceScan.in(source, true));
        assertThat(there()).containsExactly(".offsite-removing-app.dump");

        other.die();
        after.putBack(SourceScan.in(source, true));
        assertThat(there()).containsExactly("app.dump");
    }

    /** Both do all that the other does, at the same time. */
    @Test
    void twoNodesSettleTheSameFilesOnceEach() throws Exception {
        MemoryCluster.Memory memory = new MemoryCluster.Memory();
        Ledger one = shared(memory);
        Ledger two = shared(memory);
        Job job = job(AfterCommitAction.MOVE);
        List<SourceFile> files = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            files.add(commit(job, write("dump-" + i, "old " + i), one));
        }

        CompletableFuture<Void> other =
                CompletableFuture.runAsync(() -> new AfterCommit(job, two).settleCommitted(files));
        new AfterCommit(job, one).settleCommitted(files);
        other.get(30, TimeUnit.SECONDS);

        assertThat(there()).isEmpty();
        for (int i = 0; i < 200; i++) {
            assertThat(folder.resolve("moved/dump-" + i)).hasContent("old " + i);
            assertThat(one.owes(job, files.get(i))).isFalse();
        }
    }

    private Ledger shared(MemoryCluster.Memory memory) {
        MemoryCluster node = memory.join();
        Ledger made = new Ledger(folder.resolve("none").toString());
        made.setCluster(() -> node);
        made.start();
        return made;
    }
}
