package dev.offsite.retention;

import java.time.LocalDate;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * Keeps the newest folder of each of the last N days, weeks, months or years that have one; {@link #NEWEST} keeps the
 * newest N folders.
 */
public enum Rule {
    NEWEST("keep", "folders"),
    DAILY("keep-daily", "days"),
    WEEKLY("keep-weekly", "ISO weeks"),
    MONTHLY("keep-monthly", "months"),
    YEARLY("keep-yearly", "years");

    private final String key;
    private final String units;

    Rule(String key, String units) {
        this.key = key;
        this.units = units;
    }

    public String key() {
        return key;
    }

    /** What it counts, such as {@code days}. */
    String units() {
        return units;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Equal for two folders of the same day, week, month or year; {@code index} counts from the newest folder. */
    long bucket(LocalDate date, int index) {
        return switch (this) {
            case NEWEST -> index;
            case DAILY -> date.toEpochDay();
            case WEEKLY -> date.get(IsoFields.WEEK_BASED_YEAR) * 100L + date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case MONTHLY -> date.getYear() * 100L + date.getMonthValue();
            case YEARLY -> date.getYear();
        };
    }
}
