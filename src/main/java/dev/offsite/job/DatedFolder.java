package dev.offsite.job;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/** The name of a dated folder: {@code yyyyMMdd}, which is ISO 8601's basic calendar date. */
public final class DatedFolder {

    private static final Pattern DIGITS = Pattern.compile("[0-9]{8}");

    private DatedFolder() {}

    /**
     * The name of the folder for this day, such as {@code 20260131}.
     *
     * @throws IllegalArgumentException if the year does not have one to four digits
     */
    public static String name(LocalDate date) {
        if (date.getYear() < 0 || date.getYear() > 9999) {
            throw new IllegalArgumentException("no dated folder for the year " + date.getYear());
        }
        return DateTimeFormatter.BASIC_ISO_DATE.format(date);
    }

    /** The day of the folder with this name; empty unless it is eight ASCII digits that make a date of the calendar. */
    public static Optional<LocalDate> parse(String name) {
        // The formatter alone would also take an offset after the date.
        if (!DIGITS.matcher(name).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(LocalDate.parse(name, DateTimeFormatter.BASIC_ISO_DATE));
        } catch (DateTimeException notInTheCalendar) {
            return Optional.empty();
        }
    }
}
