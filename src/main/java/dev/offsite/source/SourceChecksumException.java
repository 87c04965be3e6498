package dev.offsite.source;

import java.io.IOException;

/** A local file does not match the checksum beside it, or that cannot be checked, so it is not shipped. */
public final class SourceChecksumException extends IOException {

    private static final long serialVersionUID = 1L;

    SourceChecksumException(String message) {
        super(message);
    }
}
