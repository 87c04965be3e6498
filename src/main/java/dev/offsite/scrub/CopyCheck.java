package dev.offsite.scrub;

import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.catalog.SnapshotFile.State;
import dev.offsite.io.Text;
import dev.offsite.scrub.ScrubListing.Found;
import dev.offsite.scrub.ScrubPlan.Listed;
import dev.offsite.scrub.ScrubResult.Finding;
import dev.offsite.scrub.ScrubResult.Kind;
import dev.offsite.verify.VerificationLog.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Some copies of one dated folder that are to be hashed now.
 *
 * @param copies to be hashed; whether they are still there shows then
 * @param found what needs no hashing to be wrong
 */
record CopyCheck(List<Listed> copies, List<Found> found) {

    /** {@code chosen} are listed in the manifest, {@code known} is what was verified, by name. */
    static CopyCheck of(Snapshot snapshot, List<SnapshotFile> chosen, Map<String, Entry> known) {
        List<Listed> copies = new ArrayList<>();
        List<Found> found = new ArrayList<>();
        String folder = snapshot.place().name();
        for (SnapshotFile item : chosen) {
            Listed copy = new Listed(
                    folder,
                    item.name(),
                    item.sha256().orElse(""),
                    item.size(),
                    item.state() == State.DAMAGED
                            ? Listed.DAMAGED
                            : item.verified().orElse(Listed.NEVER));
            if (item.state() == State.REFUSED) {
                // Not a copy: nothing is known to have been there.
                found.add(found(Kind.UNCHECKED, copy, "its name could lead out of the folder", List.of()));
            } else if (item.state() == State.REWRITTEN) {
                found.add(Found.rewritten(folder, known.get(item.name()), copy.sha256()));
            } else if (item.state() == State.SPECIAL) {
                found.add(found(Kind.MISSING, copy, "it is no regular file", List.of(copy)));
            } else {
                copies.add(copy);
            }
        }
        if (snapshot.state() == Snapshot.State.DAMAGED
                && snapshot.items().stream().noneMatch(item -> item.state().broken())) {
            found.add(
                    new Found(new Finding(Kind.UNLISTED, folder, "", Text.line(snapshot.problem()), false), List.of()));
        }
        return new CopyCheck(copies, found);
    }

    private static Found found(Kind kind, Listed copy, String reason, List<Listed> copies) {
        return new Found(new Finding(kind, copy.folder(), copy.name(), reason, false), copies);
    }
}
