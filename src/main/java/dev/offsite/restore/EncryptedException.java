package dev.offsite.restore;

import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.io.ExplainedException;

/** Copies are encrypted, and there is no identity that opens them. */
public final class EncryptedException extends ExplainedException {

    private static final long serialVersionUID = 1L;

    private EncryptedException(String message) {
        super(message);
    }

    static EncryptedException withoutIdentity(DatedFolderRef place) {
        return new EncryptedException(
                "the copies in %s are encrypted: --identity FILE decrypts them; --encrypted restores them as they are, for age -d"
                        .formatted(place.path()));
    }

    static EncryptedException forOthers(DatedFolderRef place) {
        return new EncryptedException(
                "the copies in %s are encrypted for another key: give the one of that time with --identity FILE"
                        .formatted(place.path()));
    }
}
