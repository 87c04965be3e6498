package dev.offsite.catalog;

import dev.offsite.encryption.CopyNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What differs between two dated folders, as their manifests say.
 *
 * @param changes by name
 * @param same how many copies have the same name and hash in both
 */
public record FolderDiff(List<Change> changes, int same) {

    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code size}s are as the server lists them; all but the name and the kind are null where there is no such copy. */
    public record Change(
            String name, Kind kind, Long sizeBefore, Long sizeAfter, String sha256Before, String sha256After) {

        private static Change of(String name, Kind kind, SnapshotFile before, SnapshotFile after) {
            return new Change(name, kind, size(before), size(after), hash(before), hash(after));
        }

        private static Long size(SnapshotFile item) {
            return item == null || item.entry().isEmpty() ? null : (Long) item.shownSize();
        }

        private static String hash(SnapshotFile item) {
            return item == null ? null : item.shownSha256().orElseThrow();
        }
    }

    /**
     * Compares them.
     *
     * @throws RestoreException if one of them has no manifest that can be read whole: a copy that it does not list would
     *     count as removed
     */
    public static FolderDiff of(Snapshot before, Snapshot after) throws RestoreException {
        Map<String, SnapshotFile> old = listed(before);
        Map<String, SnapshotFile> now = listed(after);
        List<Change> changes = new ArrayList<>();
        int same = 0;
        for (SnapshotFile item : now.values()) {
            SnapshotFile was = old.remove(item.shown());
            if (was == null) {
                changes.add(Change.of(item.shown(), Kind.ADDED, null, item));
            } else if (was.shownSha256().equals(item.shownSha256())) {
                same++;
            } else {
                changes.add(Change.of(item.shown(), Kind.CHANGED, was, item));
            }
        }
        old.forEach((name, was) -> changes.add(Change.of(name, Kind.REMOVED, was, null)));
        changes.sort(Comparator.comparing(Change::name));
        return new FolderDiff(List.copyOf(changes), same);
    }

    private static Map<String, SnapshotFile> listed(Snapshot snapshot) throws RestoreException {
        boolean whole = snapshot.items().stream().noneMatch(item -> item.state() == SnapshotFile.State.REFUSED);
        if (!snapshot.listed() || !whole) {
            throw new RestoreException(
                    "%s cannot be compared: %s".formatted(snapshot.place().path(), snapshot.problem()));
        }
        List<SnapshotFile> files = snapshot.files().stream()
                .filter(item -> item.sha256().isPresent())
                .toList();
        long sealed = snapshot.encrypted()
                ? files.stream().filter(FolderDiff::isSealed).count()
                : 0;
        if (sealed > 0) {
            throw new RestoreException(
                    "%s: %d encrypted %s cannot be compared, since nothing here says what is inside; --identity FILE does"
                            .formatted(snapshot.place().path(), sealed, sealed == 1 ? "copy" : "copies"));
        }
        return files.stream()
                .collect(Collectors.toMap(SnapshotFile::shown, item -> item, (one, other) -> one, TreeMap::new));
    }

    private static boolean isSealed(SnapshotFile item) {
        return item.plain().isEmpty() && item.name().endsWith(CopyNames.ENDING);
    }

    public long count(Kind kind) {
        return changes.stream().filter(change -> change.kind() == kind).count();
    }
}
