package dev.offsite.job;

import java.util.Locale;

/** Who may read a copy, or a restored file. */
public enum Modes {
    /** At most those who may read its source. */
    KEEP,
    /** Whoever the server, or the umask, lets. */
    SERVER;

    /** Fails with {@link IllegalArgumentException} if the lower-case name is unknown */
    public static Modes named(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The permissions to use: these, or -1 to leave them to the other side. */
    public int of(int mode) {
        return this == KEEP ? mode : -1;
    }
}
