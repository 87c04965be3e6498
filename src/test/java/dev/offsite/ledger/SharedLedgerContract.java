package dev.offsite.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.cluster.Cluster;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.Job;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.support.Fixtures;
import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What nodes may expect of a ledger that they share. */
public abstract class SharedLedgerContract {

    private static final Job DB = Fixtures.job("db", "/srv/db");
    private static final SourceFile FILE = file("/backups/a b");

    @TempDir
    private Path folder;

    private final List<Ledger> opened = new ArrayList<>();
    private Cluster here;
    private Cluster there;
    private Ledger ledger;
    private Ledger other;

    /** A new node of the test's own cluster. */
    protected abstract Cluster join();

    /** Returns when the others know that it is dead. */
    protected abstract void kill(Cluster node);

    @BeforeEach
    public void openTwo() {
        here = join();
        there = join();
        ledger = open(here);
        other = open(there);
    }

    @AfterEach
    public void close() {
        opened.forEach(Ledger::stop);
    }

    private Ledger open(Cluster node) {
        Ledger made = new Ledger(folder.resolve("state").toString());
        made.setCluster(() -> node);
        made.start();
        opened.add(made);
        return made;
    }

    private static SourceFile file(String path) {
        return new SourceFile(new File(path), 42, 17);
    }

    private static String key(SourceFile file) {
        return Ledger.key(DB, file.file(), file.modified(), file.size());
    }

    @Test
    public void whatOneNodeAddsAllKnow() {
        assertThat(ledger.add(key(FILE))).isTrue();
        assertThat(other.contains(DB, FILE)).isTrue();
        assertThat(other.add(key(FILE))).isFalse();
        assertThat(other.contains(DB, file("/backups/a"))).isFalse();

        other.add(DB, FILE, "17 a value");
        assertThat(ledger.value(DB, FILE)).contains("17 a value");
        other.forget(DB, FILE);
        assertThat(ledger.contains(DB, FILE)).isFalse();
        assertThat(ledger.remove(key(FILE))).isFalse();
    }

    @Test
    public void itHasNoFile() {
        ledger.add(key(FILE));
        ledger.flush();
        ledger.sync();
        assertThat(folder.resolve("state")).doesNotExist();
    }

    @Test
    public void isOpenAlsoForCommandsThatLeaveAFileClosed() {
        ledger.add(key(FILE));
        Ledger made = new Ledger(folder.toString());
        made.setCluster(() -> join());
        made.stayClosed();
        made.start();
        opened.add(made);
        assertThat(made.contains(DB, FILE)).isTrue();
    }

    @Test
    public void theOthersGoOnWhenOneStops() {
        ledger.stop();
        other.add(key(FILE));
        assertThat(other.contains(DB, FILE)).isTrue();
        assertThat(open(here).contains(DB, FILE)).isTrue();
    }

    /** What means something in a pattern of a database means nothing here. */
    @Test
    public void knowsFilesBelowTheFolderOfTheJobOnly() {
        Job job = Fixtures.after(Path.of("/back%_\\é"), AfterCommitAction.KEEP, null);
        ledger.add(Ledger.key(job, new File("/back%_\\é2/x"), 1, 2));
        ledger.add(Ledger.key(job, new File("/backups/y/é/x"), 1, 2));
        assertThat(other.knows(job)).isFalse();
        assertThat(other.knows(job, any -> true)).isFalse();

        ledger.add(Ledger.key(job, new File("/back%_\\é/a b/new\nline 7"), 1, 2));
        assertThat(other.knows(job)).isTrue();
        assertThat(other.knows(job, name -> name.equals(Path.of("a b/new\nline 7"))))
                .isTrue();
        assertThat(other.knows(job, name -> name.equals(Path.of("x")))).isFalse();
    }

    /** Invariant 3: a database may be new because another one was lost. */
    @Test
    public void mayHaveForgottenFilesUntilANodeHasSearchedTheServer() {
        assertThat(other.mayHaveForgotten(DB)).isTrue();
        ledger.add(Ledger.key(DB, DB.source().resolve("a").toFile(), 1, 2));
        assertThat(other.mayHaveForgotten(DB)).isTrue();
        ledger.searched(DB);
        assertThat(other.mayHaveForgotten(DB)).isFalse();
        assertThat(open(join()).mayHaveForgotten(DB)).isFalse();
    }

    @Test
    public void whatOneNodeOwesAnotherCanSettle() {
        ledger.owe(DB, FILE);
        assertThat(other.owes(DB, FILE)).isFalse();
        ledger.add(key(FILE));
        assertThat(other.owes(DB, FILE)).isTrue();
        assertThat(other.delays(DB)).isFalse();

        Delay delay = new Delay(Instant.ofEpochSecond(17), "20260131");
        ledger.delay(DB, FILE, delay);
        assertThat(other.delays(DB)).isTrue();
        assertThat(other.delay(DB, FILE)).contains(delay);
        assertThat(other.owes(DB, file("/backups/another"))).isFalse();

        other.settled(DB, FILE);
        assertThat(ledger.owes(DB, FILE)).isFalse();
        assertThat(ledger.delays(DB)).isFalse();
    }

    @Test
    public void whatOneNodePublishedIsOfAll() {
        ledger.publish(DB, "20260131", Map.of("a b", "abc", "c", "def"));
        assertThat(other.hasPublished(DB, "20260131", "a b", "abc")).isTrue();
        assertThat(other.hasPublished(DB, "20260131", "c", "def")).isTrue();
        assertThat(other.hasPublished(DB, "20260201", "c", "def")).isFalse();
        assertThat(other.hasPublished(DB, "20260131", "c", "abc")).isFalse();
    }

    @Test
    public void aFolderThatALivingNodeHasOpenIsNoneThatAnotherLeft() {
        assertThat(ledger.openFolder(DB, "/srv/db/20260131")).isFalse();
        assertThat(other.openFolder(DB, "/srv/db/20260131")).isFalse();
        assertThat(other.openFolders(DB, List.of("/srv/db/20260131/a b", "/srv/db/20260131/c")))
                .isFalse();

        assertThat(ledger.openFolders(DB)).containsExactly("/srv/db/20260131");
        assertThat(open(join()).openFolders(DB)).isEmpty();
        assertThat(other.openFolders(DB, List.of("/srv/db/20260131/c", "/srv/db/20260131/d")))
                .as("noted already by the same node")
                .isTrue();

        ledger.closeFolder(DB, "/srv/db/20260131");
        assertThat(ledger.openFolders(DB)).isEmpty();
        assertThat(other.openFolders(DB))
                .containsExactlyInAnyOrder(
                        "/srv/db/20260131", "/srv/db/20260131/a b", "/srv/db/20260131/c", "/srv/db/20260131/d");
    }

    @Test
    public void theFoldersOfADeadNodeAreLeftToAllOthersOnce() {
        Cluster third = join();
        open(third).openFolder(DB, "/srv/db/20260131");
        other.openFolder(DB, "/srv/db/20260131");
        other.openFolder(DB, "/srv/db/20260131/a b");
        ledger.openFolder(DB, "/srv/db/20260131");
        kill(there);

        assertThat(ledger.openFolders(DB)).containsExactlyInAnyOrder("/srv/db/20260131", "/srv/db/20260131/a b");
        assertThat(ledger.unfinished(DB))
                .containsExactlyInAnyOrder(
                        new OpenFolder(here.node(), "/srv/db/20260131"),
                        new OpenFolder(there.node(), "/srv/db/20260131"),
                        new OpenFolder(there.node(), "/srv/db/20260131/a b"));
        assertThat(open(join()).openFolders(DB)).containsExactlyInAnyOrder("/srv/db/20260131", "/srv/db/20260131/a b");
    }

    /** A run that ends well says nothing of what a node that died meanwhile has left there. */
    @Test
    public void closingAFolderLeavesWhatADeadNodeLeftThere() {
        ledger.openFolder(DB, "/srv/db/20260131");
        other.openFolder(DB, "/srv/db/20260131");
        kill(there);
        ledger.closeFolder(DB, "/srv/db/20260131");

        assertThat(ledger.unfinished(DB)).containsExactly(new OpenFolder(there.node(), "/srv/db/20260131"));
    }

    /** Also if another one dies while a recovery is at work. */
    @Test
    public void onlyWhatWasRecoveredIsFinished() {
        Cluster third = join();
        open(third).openFolder(DB, "/srv/db/20260131");
        other.openFolder(DB, "/srv/db/20260131");
        kill(there);
        List<OpenFolder> left = ledger.unfinished(DB);
        kill(third);
        ledger.recovered(DB, left);

        assertThat(ledger.unfinished(DB)).containsExactly(new OpenFolder(third.node(), "/srv/db/20260131"));
    }

    @Test
    public void theFoldersOfAnotherJobAreItsOwn() {
        Job similar = Fixtures.job("similar", "/srv/db x");
        other.openFolder(similar, "/srv/db x/20260131");
        other.openFolder(DB, "/srv/db/20260201");
        kill(there);

        assertThat(ledger.openFolders(DB)).containsExactly("/srv/db/20260201");
        assertThat(ledger.openFolders(similar)).containsExactly("/srv/db x/20260131");
    }
}
