package dev.offsite.job;

import java.util.Locale;

/** What happens to a local file after its copy is committed. */
public enum AfterCommitAction {
    KEEP,
    MOVE,
    DELETE;

    /** Fails with {@link IllegalArgumentException} if the lower-case name is unknown */
    public static AfterCommitAction named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
