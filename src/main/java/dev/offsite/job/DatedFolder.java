package dev.offsite.job;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.Optional;

/**
 * How dated folders are named.
 *
 * @param pattern of {@link DateTimeFormatter}, such as {@code yyyyMMdd}; names must be unique for each day and sort by
 *     date
 */
public record DatedFolder(String pattern) {

    /** The sample covers the ends of months and years and a leap day, which reveal a wrong sort order. */
    private static final LocalDate FIRST_SAMPLE = LocalDate.of(1999, 1, 1);

    private static final LocalDate LAST_SAMPLE = LocalDate.of(2001, 1, 31);

    /** Known to be valid. Skipping its check saves 50 ms at each start. */
    private static final String COMPACT = "yyyyMMdd";

    /** ISO 8601's basic calendar date. */
    public static final DatedFolder BASIC = new DatedFolder(COMPACT);

    /**
     * Fails with {@link IllegalArgumentException} if the pattern is invalid, or its names are not plain file names, not unique for
     *     each day, or do not sort by date
     */
    public DatedFolder {
        if (!pattern.equals(COMPACT)) {
            check(pattern);
        }
    }

    private static void check(String pattern) {
        DateTimeFormatter formatter = formatter(pattern);
        String before = "";
        for (LocalDate day = FIRST_SAMPLE; !day.isAfter(LAST_SAMPLE); day = day.plusDays(1)) {
            String name = format(formatter, day);
            if (name.contains("/") || name.startsWith(".") || name.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "'%s' gives %s, which is no name for a folder".formatted(pattern, name));
            }
            if (name.compareTo(before) <= 0) {
                throw new IllegalArgumentException(
                        "'%s' does not sort by date: %s comes after %s".formatted(pattern, name, before));
            }
            if (!parse(formatter, name).equals(Optional.of(day))) {
                throw new IllegalArgumentException("'%s' does not tell the day: %s".formatted(pattern, name));
            }
            before = name;
        }
    }

    /** Fails with {@link IllegalArgumentException} if the year does not have one to four digits */
    public String name(LocalDate date) {
        if (date.getYear() < 0 || date.getYear() > 9999) {
            throw new IllegalArgumentException("no dated folder for the year " + date.getYear());
        }
        return format(formatter(pattern), date);
    }

    /** The day of the folder with this name; empty unless the name is exactly what {@link #name} gives for some day. */
    public Optional<LocalDate> parse(String name) {
        return parse(formatter(pattern), name);
    }

    private static Optional<LocalDate> parse(DateTimeFormatter formatter, String name) {
        try {
            LocalDate date = LocalDate.parse(name, formatter);
            return Optional.of(date)
                    .filter(d -> d.getYear() <= 9999 && formatter.format(d).equals(name));
        } catch (DateTimeException notInTheCalendar) {
            return Optional.empty();
        }
    }

    private static String format(DateTimeFormatter formatter, LocalDate day) {
        try {
            return formatter.format(day);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("the pattern needs more than a date: " + e.getMessage(), e);
        }
    }

    private static DateTimeFormatter formatter(String pattern) {
        // Strict parsing needs the year without an era ({@code u}).
        return DateTimeFormatter.ofPattern(pattern.replace('y', 'u'), Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
    }
}
