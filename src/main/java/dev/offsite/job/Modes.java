package dev.offsite.job;

import java.util.Locale;

/** Who may read a copy, or a restored file. */
public enum Modes {
    /** At most those who may read its source. */
    KEEP,
    /** Whoever the server, or the umask, lets. */
    SERVER;

    /**
     * {@link #KEEP} without a name: a route file of an earlier version has no such parameter. Fails with
     * {@link IllegalArgumentException} if the lower-case name is unknown.
     */
    public static Modes named(String name) {
        return name == null ? KEEP : valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The permissions to use: these, or -1 to leave them to the other side. */
    public int of(int mode) {
        return this == KEEP ? mode : -1;
    }
}
