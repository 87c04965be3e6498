package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.cluster.MemoryCluster;
import dev.offsite.cluster.SingleNode;
import dev.offsite.io.StateFolder;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.owner.ManifestLocks;
import dev.offsite.owner.Owner;
import dev.offsite.support.Fixtures;
import dev.offsite.support.Remote;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A root that is not shared, and that somebody writes to all the same. */
@Timeout(60)
class DatedFolderWriterIT {

    private static final String ONE = "1".repeat(64);
    private static final String TWO = "2".repeat(64);
    private static final String DATED = "/srv/db/20260131";

    @TempDir
    Path folder;

    private Remote remote;
    private Ledger ledger;
    private ManifestWriter writer;
    private Path manifest;

    @BeforeEach
    void start() throws IOException {
        remote = new Remote(folder.resolve("server"));
        String state = folder.resolve("state").toString();
        ledger = new Ledger(state);
        ledger.start();
        Job job = Fixtures.job("db", "/srv/db");
        manifest = remote.file(DATED.substring(1) + "/" + Manifest.NAME);
        StateFolder known = new StateFolder(state);
        ManifestLocks locks = new ManifestLocks(new SingleNode(known), new Owner(new SingleNode(known)));
        writer = new DatedFolderWriter(job, DATED, -1, remote.sessions(), ledger, locks, null).manifest();
    }

    @AfterEach
    void stop() throws IOException {
        ledger.stop();
        remote.close();
    }

    private Map<String, String> listed() throws IOException {
        Map<String, String> entries = new TreeMap<>();
        Manifest.parse(Files.readString(manifest))
                .entries()
                .forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    @Test
    void aLineThatSomebodyElseAddedStays() throws IOException {
        writer.list(Map.of("a", ONE));
        Files.writeString(
                manifest,
                Manifest.parse(Files.readString(manifest))
                        .with(Map.of("theirs", TWO))
                        .format());

        writer.list(Map.of("b", ONE));

        assertThat(listed()).isEqualTo(Map.of("a", ONE, "b", ONE, "theirs", TWO));
    }

    @Test
    void aLineThatSomebodyElseDroppedIsListedAgain() throws IOException {
        writer.list(Map.of("a", ONE));
        Files.writeString(
                manifest,
                Manifest.EMPTY.with(Map.of("theirs", TWO, "more", TWO)).format());

        writer.list(Map.of("b", ONE));

        assertThat(listed()).isEqualTo(Map.of("a", ONE, "b", ONE, "theirs", TWO, "more", TWO));
    }

    @Test
    void aLineThatIsTakenBackStaysAway() throws IOException {
        writer.list(Map.of("a", ONE));
        assertThat(writer.unlistOthers(Map.of("a", TWO))).isEqualTo(Map.of("a", ONE));

        writer.list(Map.of("b", ONE));

        assertThat(listed()).isEqualTo(Map.of("b", ONE));
    }

    private ManifestWriter of(MemoryCluster node, Ledger shared) throws IOException {
        shared.setCluster(() -> node);
        shared.start();
        return new ManifestWriter(
                Fixtures.job("db", "/srv/db"),
                DATED,
                () -> -1,
                remote.sessions(),
                shared,
                new ManifestLocks(node, null));
    }

    /** The others may remove what a node has left that was killed. */
    @Test
    void whatANodeOfAClusterIsWritingHasItsDigits() throws Exception {
        MemoryCluster node = new MemoryCluster.Memory().join();
        try (Ledger shared = new Ledger("/nowhere")) {
            ManifestWriter there = of(node, shared);
            String temporary = there.temporary(Manifest.NAME);
            assertThat(temporary).startsWith(DATED + "/.offsite-").isNotEqualTo(there.temporary(Manifest.NAME));
            assertThat(TemporaryName.node(temporary)).isEqualTo(node.node());
        }
    }

    /** As when its connection to the database breaks. */
    @Test
    void aNodeThatHasLostItsTurnWritesAndLeavesNothing() throws Exception {
        writer.list(Map.of("a", ONE));
        MemoryCluster node = new MemoryCluster.Memory(new StateFolder(folder.resolve("shared"))).join();
        try (Ledger shared = new Ledger("/nowhere")) {
            ManifestWriter there = of(node, shared);
            try (ManifestWriter.Hold hold = there.hold(() -> false)) {
                node.die();
                assertThatThrownBy(() -> there.list(Map.of("b", TWO))).hasMessageContaining("is lost");
            }
        }
        assertThat(listed()).isEqualTo(Map.of("a", ONE));
        assertThat(manifest.getParent()).isDirectoryNotContaining("glob:**.part");
    }
}
