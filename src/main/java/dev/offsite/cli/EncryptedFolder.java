package dev.offsite.cli;

import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.encryption.CopyNames;
import java.util.List;
import java.util.Optional;

/** What people want to know of a dated folder with encrypted copies. */
final class EncryptedFolder {

    private EncryptedFolder() {}

    /** {@code accepted}: the recipients of the job, as far as this machine knows; they may have been others then */
    static String words(Snapshot snapshot, Optional<List<String>> accepted) {
        Optional<List<String>> known = snapshot.recipients().filter(some -> !some.isEmpty());
        if (known.isPresent()) {
            return "encrypted; can be opened by " + String.join(", ", known.get());
        }
        boolean hidden = snapshot.copies().stream().map(SnapshotFile::shown).anyMatch(CopyNames::isHidden);
        String whom = accepted.filter(some -> !some.isEmpty())
                .map(some -> "; the job now encrypts for " + String.join(", ", some))
                .orElse("");
        if (snapshot.recipients().isPresent()) {
            return "encrypted, and not for these identities" + whom;
        }
        return (hidden
                        ? "encrypted, and the real names are hidden; --identity FILE shows them"
                        : "encrypted; --identity FILE shows what is inside")
                + whom;
    }
}
