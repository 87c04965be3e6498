package dev.offsite.doctor;

import java.util.Locale;

/** The result of a check. */
public enum Result {
    OK("ok"),
    /** Missing, but optional. */
    NONE("-"),
    /** Shipping works, but somebody should know. */
    WARN("warn"),
    /** Something that is needed does not work. */
    FAIL("FAIL"),
    /** Not tried, because something that it depends on does not work. */
    UNCHECKED("not checked");

    private final String words;

    Result(String words) {
        this.words = words;
    }

    /** For people. */
    public String words() {
        return words;
    }

    /** For programs. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
