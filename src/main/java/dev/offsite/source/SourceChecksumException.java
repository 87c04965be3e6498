package dev.offsite.source;

import java.io.IOException;

/** A local file is not what the checksum beside it says, or that cannot be found out: it is no backup to ship. */
public final class SourceChecksumException extends IOException {

    private static final long serialVersionUID = 1L;

    SourceChecksumException(String message) {
        super(message);
    }
}
