package dev.offsite.job;

import java.util.Locale;

/** What becomes of a local file after its commit. */
public enum AfterCommitAction {
    KEEP,
    MOVE,
    DELETE;

    /**
     * The one of that name, in small letters.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static AfterCommitAction named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
