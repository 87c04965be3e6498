package dev.offsite.ship;

import dev.offsite.io.UploadPermits;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;

/** The uploads of one run that hold one of the target's permits. */
final class UploadSlots {

    private final UploadPermits permits;
    private final Set<Upload> holders = ConcurrentHashMap.newKeySet();

    UploadSlots(UploadPermits permits) {
        this.permits = permits;
    }

    /** Waits for one of {@code most}, unless the upload has one. */
    void take(Upload upload, IntSupplier most) throws IOException {
        if (!holders.contains(upload)) {
            permits.take(most.getAsInt());
            holders.add(upload);
        }
    }

    void give(Upload upload) {
        if (holders.remove(upload)) {
            permits.give();
        }
    }
}
