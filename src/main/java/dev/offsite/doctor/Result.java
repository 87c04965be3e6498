package dev.offsite.doctor;

import java.util.Locale;

/** What came of a check. */
public enum Result {
    /** It is as it should be. */
    OK("ok"),
    /** It is not there, and need not be. */
    NONE("-"),
    /** Shipping works, but somebody should know. */
    WARN("warn"),
    /** Something that is needed does not work. */
    FAIL("FAIL"),
    /** Not tried, since something that it depends on does not work. */
    UNCHECKED("not checked");

    private final String words;

    Result(String words) {
        this.words = words;
    }

    /** As a person reads it. */
    public String words() {
        return words;
    }

    /** As a program reads it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
