package dev.offsite.source;

import java.io.IOException;

/** A local file changed while it was being shipped: what was uploaded is no finished backup. */
public final class ChangedFileException extends IOException {

    private static final long serialVersionUID = 1L;

    /** For the file of that name. */
    public ChangedFileException(String name) {
        super("changed while it was being shipped: " + name);
    }
}
