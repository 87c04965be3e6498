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
 * @param pattern of {@link DateTimeFormatter}, such as {@code yyyyMMdd}; one name a day, and names sort as their days do
 */
public record DatedFolder(String pattern) {

    /** Days that together show an order that is not that of the dates: ends of months, years, a leap day. */
    private static final LocalDate FIRST_SAMPLE = LocalDate.of(1999, 1, 1);

    private static final LocalDate LAST_SAMPLE = LocalDate.of(2001, 1, 31);

    /** Known to be right: to try it takes a twentieth of a second of each start. */
    private static final String COMPACT = "yyyyMMdd";

    /** ISO 8601's basic calendar date. */
    public static final DatedFolder BASIC = new DatedFolder(COMPACT);

    /**
     * @throws IllegalArgumentException if it is no pattern, or its names are not one a day, not a plain file name, or do
     *     not sort as their days do
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

    /**
     * The name of the folder for this day, such as {@code 20260131}.
     *
     * @throws IllegalArgumentException if the year does not have one to four digits
     */
    public String name(LocalDate date) {
        if (date.getYear() < 0 || date.getYear() > 9999) {
            throw new IllegalArgumentException("no dated folder for the year " + date.getYear());
        }
        return format(formatter(pattern), date);
    }

    /** The day of the folder with this name; empty unless it is exactly the name of a day of the calendar. */
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
        // Strict parsing wants a year without an era.
        return DateTimeFormatter.ofPattern(pattern.replace('y', 'u'), Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
    }
}
