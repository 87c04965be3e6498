package dev.offsite.restore;

import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What a restore will do.
 *
 * @param already how many files are already there with the right bytes
 * @param refused name to the reason why it cannot be restored
 */
public record RestorePlan(
        Snapshot snapshot,
        RestoreTarget destination,
        List<SnapshotFile> fetch,
        int already,
        Map<String, String> refused) {

    /** Bytes that are needed here at most: an encrypted copy goes when it is decrypted, and some of them arrive together. */
    long room(int together) {
        long files = fetch.stream().mapToLong(SnapshotFile::shownSize).sum();
        return files
                + fetch.stream()
                        .filter(item -> item.plain().isPresent())
                        .map(SnapshotFile::size)
                        .sorted(Comparator.reverseOrder())
                        .limit(together)
                        .mapToLong(Long::longValue)
                        .sum();
    }

    /** Bytes to download. */
    public long bytes() {
        return fetch.stream().mapToLong(SnapshotFile::size).sum();
    }
}
