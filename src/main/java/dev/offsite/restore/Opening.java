package dev.offsite.restore;

import dev.offsite.age.AgeIdentities;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.Snapshot;
import java.io.IOException;
import java.util.Optional;

/**
 * How encrypted copies are restored.
 *
 * @param identities that decrypt them
 * @param asTheyAre whether they are restored without that, with the parts of their manifest
 */
public record Opening(Optional<AgeIdentities> identities, boolean asTheyAre) {

    public static final Opening NONE = new Opening(Optional.empty(), false);

    public static final Opening AS_THEY_ARE = new Opening(Optional.empty(), true);

    public static Opening with(Optional<AgeIdentities> identities) {
        return new Opening(identities, false);
    }

    /** A folder as it can be restored; fails if its copies are encrypted and no identity opens them. */
    public Snapshot open(JobCatalog catalog, Snapshot snapshot) throws IOException, EncryptedException {
        if (identities.isPresent()) {
            Snapshot opened = catalog.open(snapshot, identities.get());
            if (opened.forOthers()) {
                throw EncryptedException.forOthers(snapshot.place());
            }
            return opened;
        }
        if (snapshot.encrypted() && !asTheyAre) {
            throw EncryptedException.withoutIdentity(snapshot.place());
        }
        return snapshot;
    }
}
