package dev.offsite.job;

import java.util.Locale;

/** Which day a copy's dated folder has. */
public enum DatedBy {
    /** The day on which the run began. */
    RUN,
    /** The day on which the file was last changed. */
    FILE;

    /**
     * The one of that name, in small letters.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static DatedBy named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
