package dev.offsite.restore;

import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import java.util.List;
import java.util.Map;

/**
 * What a restore is about to do.
 *
 * @param generation the dated folder that it is from
 * @param destination where it goes
 * @param fetch what is to come over
 * @param already how many are there already, with the right bytes
 * @param refused name to the reason why it does not come
 */
public record RestorePlan(
        Snapshot generation,
        RestoreTarget destination,
        List<SnapshotFile> fetch,
        int already,
        Map<String, String> refused) {

    /** How much is to come over. */
    public long bytes() {
        return fetch.stream().mapToLong(SnapshotFile::size).sum();
    }
}
