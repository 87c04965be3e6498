package dev.offsite.ship;

import java.io.IOException;

/** A dated folder cannot be written into, because its manifest cannot be used. Other folders can. */
public final class DamagedManifestException extends IOException {

    private static final long serialVersionUID = 1L;

    DamagedManifestException(String message) {
        super(message);
    }
}
