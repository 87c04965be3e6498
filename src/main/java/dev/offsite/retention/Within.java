package dev.offsite.retention;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.Period;
import java.util.Locale;
import java.util.regex.Pattern;

/** Keeps all folders of a period that ends with the newest folder, not today, so nothing is removed after a pause. */
public record Within(Period period) {

    private static final Pattern TEXT =
            Pattern.compile("(?=.)([0-9]{1,4}y)?([0-9]{1,5}m)?([0-9]{1,5}w)?([0-9]{1,6}d)?");

    /** Fails with {@link IllegalArgumentException} if the period is zero or negative, since that would keep nothing */
    public Within {
        if (period.isZero() || period.isNegative()) {
            throw new IllegalArgumentException("the period must be at least a day");
        }
    }

    /**
     * Parses a period such as {@code 30d}, {@code 8w}, {@code 6m} (months) or {@code 1y6m}.
     *
     * @throws IllegalArgumentException if it is not such a period, or zero
     */
    public static Within parse(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "'%s' is no period of years, months, weeks and days such as 30d, 8w, 6m or 1y6m".formatted(text));
        }
        try {
            return new Within(Period.parse("P" + text.toUpperCase(Locale.ROOT)));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("'%s' is too long a period".formatted(text), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'%s' is no time at all; ".formatted(text) + e.getMessage(), e);
        }
    }

    /** The last day before a period that ends with the newest folder. */
    LocalDate before(LocalDate newest) {
        // Count as restic and Go do: a month before 31 March is 31 February, which is 3 March.
        LocalDate month = newest.withDayOfMonth(1).minusYears(period.getYears()).minusMonths(period.getMonths());
        return month.plusDays(newest.getDayOfMonth() - 1L).minusDays(period.getDays());
    }

    /** As in the configuration, but with weeks as days. */
    @Override
    public String toString() {
        return period.toString().substring(1).toLowerCase(Locale.ROOT);
    }
}
