package dev.offsite.catalog;

import dev.offsite.catalog.SnapshotFile.State;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.ManifestPart;
import dev.offsite.manifest.PlainFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Finds out what is inside each copy of a dated folder, from what the parts of its manifest say, the oldest part first. A line
 * counts for the copy that the manifest lists with that name and that hash. All else that a line says shows what somebody
 * has done to the folder. Anybody may have written a part, so its names are not trusted. Not thread-safe.
 */
final class Unsealing {

    private final Snapshot snapshot;
    private final boolean alone;
    /** By name, as in the snapshot. */
    private final List<SnapshotFile> items;

    private final PlainFile[] inside;
    private final boolean[] contradicted;
    /** Where the last line is of other bytes than are listed. */
    private final boolean[] outdated;

    private final Set<String> hashes = new HashSet<>();
    /** Copies that are listed with the same hash under another name, by their hash. */
    private final Map<String, PlainFile> elsewhere = new HashMap<>();

    private final Map<String, PlainFile> unlisted = new TreeMap<>();
    private final Set<String> recipients = new TreeSet<>();

    /** {@code alone}: whether no other machine writes parts, so that a later line is newer */
    Unsealing(Snapshot snapshot, boolean alone) {
        this.snapshot = snapshot;
        this.alone = alone;
        this.items = snapshot.items();
        this.inside = new PlainFile[items.size()];
        this.contradicted = new boolean[items.size()];
        this.outdated = new boolean[items.size()];
        items.forEach(item -> item.sha256().ifPresent(hashes::add));
    }

    /** Hears one part, which was read whole and is for this folder. */
    ManifestPart.Listener part() {
        return new ManifestPart.Listener() {
            @Override
            public void recipient(String key) {
                recipients.add(key);
            }

            @Override
            public void file(PlainFile file) {
                described(file);
            }
        };
    }

    private int find(String name) {
        int low = 0;
        int high = items.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = items.get(middle).name().compareTo(name);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private boolean isListed(int i, PlainFile file) {
        return i >= 0 && items.get(i).sha256().filter(file.copySha256()::equals).isPresent();
    }

    /** Hears one line. */
    void described(PlainFile file) {
        int i = find(file.copy());
        if (isListed(i, file)) {
            outdated[i] = false;
            if (inside[i] == null) {
                SnapshotFile copy = items.get(i);
                // What is there twice takes memory once.
                inside[i] = new PlainFile(
                        copy.name(),
                        copy.sha256().orElseThrow(),
                        file.name().equals(copy.name()) ? copy.name() : file.name(),
                        file.sha256(),
                        file.size(),
                        file.modified());
            } else if (!isSame(inside[i], file)) {
                contradicted[i] = true;
            }
            return;
        }
        if (i >= 0 && items.get(i).sha256().isPresent()) {
            outdated[i] = alone;
        } else {
            unlisted.put(file.copy(), file);
        }
        if (hashes.contains(file.copySha256())) {
            elsewhere.put(file.copySha256(), file);
        }
    }

    private static boolean isSame(PlainFile one, PlainFile other) {
        return one.name().equals(other.name())
                && one.sha256().equals(other.sha256())
                && one.size() == other.size()
                && one.modified().equals(other.modified());
    }

    /** Hears what this machine knows, after all parts: it confirms or contradicts them. */
    void knownHere(PlainFile file) {
        int i = find(file.copy());
        if (isListed(i, file)) {
            contradicted[i] |= inside[i] != null && !isSame(inside[i], file);
        }
    }

    /** With what is inside each copy where that is known, and no judgement of the others. */
    Snapshot known() {
        List<SnapshotFile> now = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            PlainFile file = inside[i];
            now.add(
                    file == null || contradicted[i]
                            ? items.get(i)
                            : items.get(i).with(items.get(i).state(), Optional.of(file)));
        }
        return snapshot.with(Collections.unmodifiableList(now));
    }

    /** {@code problems} of the parts; {@code forOthers}: none of them can be read by us. */
    Snapshot result(List<String> problems, boolean forOthers) {
        List<SnapshotFile> now = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            SnapshotFile item = items.get(i);
            now.add(item.part() ? item : opened(i, item));
        }
        unlisted.forEach((name, file) -> {
            if (find(name) < 0 && Manifest.fault(name).isEmpty()) {
                now.add(new SnapshotFile(
                                name,
                                Optional.empty(),
                                Optional.empty(),
                                State.UNLISTED,
                                Optional.empty(),
                                Optional.empty())
                        .with(safe(file) ? State.UNLISTED : State.UNSAFE, Optional.of(file)));
            }
        });
        now.sort(Comparator.comparing(SnapshotFile::name));
        return snapshot.opened(Collections.unmodifiableList(now), problems, List.copyOf(recipients), forOthers);
    }

    private static boolean safe(PlainFile file) {
        return Manifest.fault(file.name()).isEmpty();
    }

    private SnapshotFile opened(int i, SnapshotFile item) {
        PlainFile file = inside[i];
        return switch (item.state()) {
            case MISSING, SPECIAL, REWRITTEN ->
                file != null && safe(file) && !contradicted[i] ? item.with(item.state(), Optional.of(file)) : item;
            case VERIFIED, LISTED, DAMAGED -> described(i, item);
            case UNVERIFIED -> {
                PlainFile gone = unlisted.get(item.name());
                yield gone == null || !safe(gone) ? item : item.with(State.UNLISTED, Optional.of(gone));
            }
            default -> item;
        };
    }

    private SnapshotFile described(int i, SnapshotFile item) {
        PlainFile file = inside[i];
        if (file == null) {
            PlainFile other = elsewhere.get(item.sha256().orElseThrow());
            if (other != null) {
                return item.with(State.RENAMED, Optional.of(other));
            }
            // Also if it was verified from here: a scrub verifies what the manifest lists, whoever wrote that.
            return item.with(State.UNDESCRIBED, Optional.empty());
        }
        State state = item.state();
        if (contradicted[i]) {
            state = State.CONTRADICTED;
        } else if (!safe(file)) {
            state = State.UNSAFE;
        } else if (outdated[i]) {
            state = State.OUTDATED;
        }
        return item.with(state, Optional.of(file));
    }
}
