package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.io.StateException;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.source.SourceScan.SourceFile;
import dev.offsite.support.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AfterCommitOnDiskTest {

    @TempDir
    private Path folder;

    private SourceFile file() throws IOException {
        return SourceFile.of(Files.writeString(folder.resolve("a"), "a").toFile());
    }

    private Ledger ledger(Path state) {
        Ledger ledger = new Ledger(state.toString());
        ledger.start();
        return ledger;
    }

    /** Invariant 4: a power cut must not leave a ledger that does not know the file. */
    @Test
    void aFileIsDeletedOnlyAfterItsEntryIsOnDisk() throws IOException {
        Job job = Fixtures.after(folder, AfterCommitAction.DELETE, null);
        SourceFile file = file();
        Path disk = Files.createDirectory(folder.resolve("disk"));
        try (Ledger ledger = ledger(folder.resolve("state"))) {
            AfterCommit after = new AfterCommit(job, ledger);
            after.owe(file);
            ledger.add(job, file, "");
            after.committed(file);
            assertThat(file.file()).exists();

            after.settleCommitted();

            assertThat(file.file()).doesNotExist();
            Files.copy(folder.resolve("state/ledger.mv"), disk.resolve("ledger.mv"));
        }
        try (Ledger crashed = ledger(disk)) {
            assertThat(crashed.contains(job, file)).isTrue();
        }
    }

    @Test
    void aFileStaysWhereTheLedgerCannotBeWritten() throws IOException {
        Job job = Fixtures.after(folder, AfterCommitAction.DELETE, null);
        SourceFile file = file();
        Ledger ledger = ledger(folder.resolve("state"));
        AfterCommit after = new AfterCommit(job, ledger);
        after.owe(file);
        ledger.add(job, file, "");
        after.committed(file);
        Path check = folder.resolve("state/ledger.check");
        Files.deleteIfExists(check);
        Files.createDirectories(check.resolve("in the way"));

        assertThatThrownBy(after::settleCommitted)
                .isInstanceOf(StateException.class)
                .hasMessageContaining(folder.resolve("state").toString());
        assertThat(file.file()).exists();
    }
}
