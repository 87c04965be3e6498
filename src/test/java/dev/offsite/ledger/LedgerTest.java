package dev.offsite.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.job.Job;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.support.Fixtures;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {

    private static final Job DB = Fixtures.job("db", "/srv/db");

    @TempDir
    private Path folder;

    private static Ledger open(Path folder) {
        Ledger ledger = new Ledger(folder.toString());
        ledger.start();
        return ledger;
    }

    @Test
    void theKeyIsTheDestinationAndTheFileAsItIs() {
        assertThat(Ledger.key(DB, new File("/backups/a b"), 17, 42)).isEqualTo("nas:22/srv/db /backups/a b 17 42");
    }

    /** Not to be changed: each existing ledger would be worth nothing. */
    @Test
    void theKeyIsTheOneThatExistingLedgersHave() {
        assertThat(Ledger.key(DB, new File("/backups/a b\\c"), 1769860800000L, 42))
                .isEqualTo("nas:22/srv/db /backups/a b\\c 1769860800000 42");
    }

    @Test
    void theKeyDoesNotHaveTheNameOfTheJob() {
        File file = new File("/backups/a");
        assertThat(Ledger.key(DB, file, 1, 2))
                .isEqualTo(Ledger.key(Fixtures.job("renamed", "/srv/db"), file, 1, 2))
                .isNotEqualTo(Ledger.key(Fixtures.job("db", "/srv/other"), file, 1, 2))
                .isNotEqualTo(Ledger.key(Fixtures.job("db", "/srv/db", Fixtures.target(23)), file, 1, 2));
    }

    @Test
    void remembersWhatWasAdded() throws IOException {
        try (Ledger ledger = open(folder)) {
            SourceFile file = new SourceFile(new File("/backups/a"), 42, 17);
            assertThat(ledger.contains(DB, file)).isFalse();
            assertThat(ledger.add(Ledger.key(DB, file.file(), 17, 42))).isTrue();
            assertThat(ledger.add(Ledger.key(DB, file.file(), 17, 42))).isFalse();
            assertThat(ledger.contains(DB, file)).isTrue();
            assertThat(ledger.confirm("x")).isTrue();

            assertThat(ledger.remove(Ledger.key(DB, file.file(), 17, 42))).isTrue();
            assertThat(ledger.contains(DB, file)).isFalse();
        }
    }

    @Test
    void isThereAfterItWasClosed() throws IOException {
        try (Ledger ledger = open(folder.resolve("new/state"))) {
            ledger.add("key");
        }
        try (Ledger again = open(folder.resolve("new/state"))) {
            assertThat(again.contains("key")).isTrue();
            again.clear();
            assertThat(again.contains("key")).isFalse();
        }
    }

    /** Invariant 3: what kill -9 leaves is the file as it is at that instant. */
    @Test
    void whatWasFlushedIsThereThoughItWasNeverClosed() throws IOException {
        Path crashed = Files.createDirectory(folder.resolve("crashed"));
        try (Ledger ledger = open(folder.resolve("state"))) {
            ledger.add("flushed");
            ledger.flush();
            Files.copy(folder.resolve("state/ledger.mv"), crashed.resolve("ledger.mv"));
            ledger.add("later");
        }
        try (Ledger again = open(crashed)) {
            assertThat(again.contains("flushed")).isTrue();
            assertThat(again.contains("later")).isFalse();
            again.add("goes on");
            assertThat(again.contains("goes on")).isTrue();
        }
    }

    /** Invariant 3: before the first write to a remote folder it is on disk that it will be written to. */
    @Test
    void anOpenFolderIsOnDiskAtOnce() throws IOException {
        Path crashed = Files.createDirectory(folder.resolve("crashed"));
        try (Ledger ledger = open(folder.resolve("state"))) {
            ledger.openFolder(DB, "/srv/db/20260131");
            Files.copy(folder.resolve("state/ledger.mv"), crashed.resolve("ledger.mv"));
        }
        try (Ledger again = open(crashed)) {
            assertThat(again.openFolders(DB)).containsExactly("/srv/db/20260131");
        }
    }

    /** Invariant 4: a file that was committed while its job kept it may be the last copy. */
    @Test
    void owesOnlyWhatItWasToldToOweAndWhatIsCommitted() throws IOException {
        SourceFile kept = new SourceFile(Path.of("/backups/kept").toFile(), 1, 2);
        SourceFile moved = new SourceFile(Path.of("/backups/to be moved").toFile(), 3, 4);
        try (Ledger ledger = open(folder)) {
            ledger.add(key(kept));
            ledger.owe(DB, moved);
            assertThat(ledger.owes(DB, moved)).isFalse();
            ledger.add(key(moved));
            assertThat(ledger.owes(DB, moved)).isTrue();
            assertThat(ledger.owes(DB, kept)).isFalse();

            ledger.settled(DB, moved);
            assertThat(ledger.owes(DB, moved)).isFalse();
        }
    }

    private static String key(SourceFile file) {
        return Ledger.key(DB, file.file(), file.modified(), file.size());
    }

    @Test
    void openFoldersAreTheJobsOwnUntilTheyAreClosed() throws IOException {
        try (Ledger ledger = open(folder)) {
            Job other = Fixtures.job("other", "/srv/db2");
            ledger.openFolder(DB, "/srv/db/20260131");
            ledger.openFolder(DB, "/srv/db/20260131/a b");
            ledger.openFolder(other, "/srv/db2/20260131");

            assertThat(ledger.openFolders(DB)).containsExactlyInAnyOrder("/srv/db/20260131", "/srv/db/20260131/a b");
            ledger.closeFolder(DB, "/srv/db/20260131");
            ledger.closeFolder(DB, "/srv/db/20260131/a b");

            assertThat(ledger.openFolders(DB)).isEmpty();
            assertThat(ledger.openFolders(other)).containsExactly("/srv/db2/20260131");
        }
    }

    /** Not to be changed: earlier versions and this one go on with each other's files. */
    @Test
    void writesWhatEarlierVersionsWrite() throws IOException {
        SourceFile file = new SourceFile(new File("/backups/a b"), 42, 17);
        try (Ledger ledger = open(folder)) {
            ledger.add(DB, file, "a value");
            ledger.openFolder(DB, "/srv/db/20260131");
            ledger.publish(DB, "20260131", Map.of("a b", "abc"));
            ledger.owe(DB, file);
            ledger.searched(DB);
        }
        try (MVStore store = new MVStore.Builder()
                .fileName(folder.resolve("ledger.mv").toString())
                .open()) {
            Function<String, Map<String, String>> map = name -> Map.copyOf(store.<String, String>openMap(name));
            assertThat(map.apply("copies")).isEqualTo(Map.of("nas:22/srv/db /backups/a b 17 42", "a value"));
            assertThat(map.apply("openFolders"))
                    .isEqualTo(Map.of("nas:22/srv/db /srv/db/20260131", "/srv/db/20260131"));
            assertThat(map.apply("published")).isEqualTo(Map.of("nas:22/srv/db a b", "20260131 abc"));
            assertThat(map.apply("unsettled")).isEqualTo(Map.of("nas:22/srv/db /backups/a b 17 42", ""));
            assertThat(map.apply("searched")).isEqualTo(Map.of("nas:22/srv/db", ""));
        }
    }

    /** Nothing but entries may make it grow: thousands of runs that add a few each must not. */
    @Test
    void growsWithItsEntriesNotWithItsRuns() throws IOException {
        Path file = folder.resolve("ledger.mv");
        long largest = 0;
        for (int run = 0; run < 300; run++) {
            try (Ledger ledger = open(folder)) {
                for (int i = 0; i < 10; i++) {
                    ledger.add("127.0.0.1:22/srv/offsite/db /var/backups/db/%d/dump-%d.sql.gz 17".formatted(run, i));
                }
                ledger.openFolder(DB, "/srv/db/" + run);
                ledger.closeFolder(DB, "/srv/db/" + run);
            }
            largest = Math.max(largest, Files.size(file));
        }
        byte[] before = Files.readAllBytes(file);

        // 3,000 entries of less than 100 bytes.
        assertThat(largest).isLessThan(2_000_000);
        try (Ledger ledger = open(folder)) {
            assertThat(ledger.contains("127.0.0.1:22/srv/offsite/db /var/backups/db/0/dump-0.sql.gz 17"))
                    .isTrue();
            assertThat(ledger.contains("127.0.0.1:22/srv/offsite/db /var/backups/db/299/dump-9.sql.gz 17"))
                    .isTrue();
        }
        assertThat(Files.readAllBytes(file)).as("a run that adds nothing").isEqualTo(before);
    }

    private byte[] written() throws IOException {
        for (int run = 0; run < 3; run++) {
            try (Ledger ledger = open(folder)) {
                for (int i = 0; i < 50; i++) {
                    ledger.add("run %d file %d".formatted(run, i));
                }
            }
        }
        return Files.readAllBytes(folder.resolve("ledger.mv"));
    }

    private void assertRefused(byte[] bytes, String what) throws IOException {
        Path file = folder.resolve("ledger.mv");
        Files.write(file, bytes);
        assertThatThrownBy(() -> open(folder).close())
                .as(what)
                .rootCause()
                .hasMessageContaining(file.toString())
                .hasMessageContaining("move it away");
    }

    /** The store itself opens most of these, without a word: older, or with other entries. */
    @Test
    void aDamagedFileIsNeverOpened() throws IOException {
        byte[] good = written();
        assertRefused(Arrays.copyOf(good, good.length * 3 / 4), "cut to three quarters");
        assertRefused(new byte[0], "empty");
        assertRefused(Arrays.copyOf(good, good.length + 4096), "longer");
        Random random = new Random(17);
        for (int i = 0; i < 300; i++) {
            byte[] bad = good.clone();
            int at = random.nextInt(bad.length);
            bad[at] ^= (byte) (1 << random.nextInt(8));
            assertRefused(bad, "one bit flipped at " + at);
        }
        Files.write(folder.resolve("ledger.mv"), good);
        try (Ledger ledger = open(folder)) {
            assertThat(ledger.contains("run 2 file 49")).isTrue();
        }
    }

    /** A restored or an older file is intact and nevertheless not what was written. */
    @Test
    void anOlderFileIsNotTakenForTheLast() throws IOException {
        Path file = folder.resolve("ledger.mv");
        try (Ledger ledger = open(folder)) {
            ledger.add("first");
            ledger.flush();
            ledger.sync();
            byte[] older = Files.readAllBytes(file);
            ledger.add("second");
            ledger.sync();
            Path crashed = Files.createDirectory(folder.resolve("crashed"));
            Files.write(crashed.resolve("ledger.mv"), older);
            Files.copy(folder.resolve("ledger.check"), crashed.resolve("ledger.check"));

            assertThatThrownBy(() -> open(crashed).close()).rootCause().hasMessageContaining("older than what");
        }
    }

    /** An earlier version of Offsite writes no check. */
    @Test
    void whatAnEarlierVersionHasWrittenSinceIsTaken() throws IOException {
        byte[] good = written();
        Path file = folder.resolve("ledger.mv");
        try (MVStore store = new MVStore.Builder().fileName(file.toString()).open()) {
            store.<String, String>openMap("copies").put("by the earlier one", "");
        }
        assertThat(Files.readAllBytes(file)).isNotEqualTo(good);
        try (Ledger ledger = open(folder)) {
            assertThat(ledger.contains("by the earlier one")).isTrue();
        }
    }

    @Test
    void whatIsNoLedgerIsNamed() throws IOException {
        Path file = folder.resolve("ledger.mv");
        Files.createDirectory(file);
        assertThatThrownBy(() -> open(folder).close())
                .rootCause()
                .hasMessageContaining(file.toString())
                .hasMessageContaining("it is no file");
    }

    /** The header of H2 1.4, whose format is 1. */
    @Test
    void theFormatOfAnotherVersionIsToldFromDamage() throws IOException {
        byte[] bytes = written();
        Files.delete(folder.resolve("ledger.check"));
        for (int block = 0; block < 2; block++) {
            int start = block * 4096;
            String header = new String(bytes, start, 4096, StandardCharsets.ISO_8859_1);
            int end = header.indexOf(",fletcher:");
            String old = header.substring(0, end).replace("format:3", "format:1");
            byte[] text = old.getBytes(StandardCharsets.ISO_8859_1);
            String whole = old + ",fletcher:%x%n".formatted(DataUtils.getFletcher32(text, 0, text.length));
            Arrays.fill(bytes, start, start + 4096, (byte) 0);
            System.arraycopy(whole.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, start, whole.length());
        }
        Path file = Files.write(folder.resolve("ledger.mv"), bytes);

        assertThatThrownBy(() -> open(folder).close())
                .rootCause()
                .hasMessageContaining(file.toString())
                .hasMessageContaining("format of another version")
                .hasMessageNotContaining("damaged");
    }

    @Test
    void aNewLedgerMayHaveForgottenWhatAnotherKnewUntilTheServerWasSearched() throws IOException {
        try (Ledger ledger = open(folder)) {
            assertThat(ledger.mayHaveForgotten(DB)).isTrue();
            ledger.add(Ledger.key(DB, DB.source().resolve("a").toFile(), 1, 2));
            assertThat(ledger.mayHaveForgotten(DB)).isTrue();
            ledger.searched(DB);
        }
        try (Ledger again = open(folder)) {
            assertThat(again.mayHaveForgotten(DB)).isFalse();
        }
    }
}
