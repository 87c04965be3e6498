package dev.offsite.source;

import java.io.IOException;

/** A local file changed while it was being shipped, so the upload is not a finished backup. */
public final class ChangedFileException extends IOException {

    private static final long serialVersionUID = 1L;

    public ChangedFileException(String name) {
        super("changed while it was being shipped: " + name);
    }
}
