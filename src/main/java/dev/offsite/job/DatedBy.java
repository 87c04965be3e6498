package dev.offsite.job;

import java.util.Locale;

/** Which day a copy's dated folder is named after. */
public enum DatedBy {
    /** The day on which the run began. */
    RUN,
    /** The day of the file's last change. */
    FILE;

    /** Fails with {@link IllegalArgumentException} if the lower-case name is unknown */
    public static DatedBy named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
