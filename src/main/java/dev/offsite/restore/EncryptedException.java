package dev.offsite.restore;

import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.io.ExplainedException;

/** Copies are encrypted, and there is no identity. */
public final class EncryptedException extends ExplainedException {

    private static final long serialVersionUID = 1L;

    EncryptedException(DatedFolderRef place) {
        super(
                "the copies in %s are encrypted: --identity FILE decrypts them; --encrypted restores them as they are, for age -d"
                        .formatted(place.path()));
    }
}
