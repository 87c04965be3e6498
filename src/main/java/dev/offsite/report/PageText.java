package dev.offsite.report;

import dev.offsite.io.HumanTime;
import dev.offsite.io.Text;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Values as people read them on the page. */
final class PageText {

    /** Longer texts of others are cut: a page with a whole log in it helps nobody. */
    private static final int LONGEST = 1000;

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH);

    private static final DateTimeFormatter SHORT_DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);

    private PageText() {}

    /**
     * A name or message of others in one line: what is invisible, or changes the direction of what follows, is shown as
     * {@code \\u202e}.
     */
    static String visible(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), LONGEST) + 2);
        int end = text.length() <= LONGEST ? text.length() : text.offsetByCodePoints(0, codePoints(text));
        for (int i = 0; i < end; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.SURROGATE,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.UNASSIGNED -> shown.append("\\u%04x".formatted(c));
                default -> shown.appendCodePoint(c);
            }
        }
        return end < text.length() ? shown.append(" …").toString() : shown.toString();
    }

    private static int codePoints(String text) {
        return Math.min(LONGEST, text.codePointCount(0, text.length()));
    }

    static String day(LocalDate day) {
        return DAY.format(day);
    }

    /** Without the year. */
    static String shortDay(LocalDate day) {
        return SHORT_DAY.format(day);
    }

    static String ago(Duration age) {
        if (age.isNegative()) {
            return "in " + HumanTime.of(age.negated());
        }
        return age.toSeconds() < 5 ? "just now" : HumanTime.of(age) + " ago";
    }

    /** With spaces that do not break. */
    static String size(long bytes) {
        return Text.size(bytes).replace(' ', '\u00a0');
    }

    static String count(long number, String one, String many) {
        return number(number) + " " + (number == 1 ? one : many);
    }

    /** With a thin space between thousands, as no country takes it for a decimal point. */
    static String number(long number) {
        String digits = Long.toString(number);
        if (digits.length() < 5) {
            return digits;
        }
        StringBuilder grouped = new StringBuilder(digits);
        for (int i = digits.length() - 3; i > 0 && digits.charAt(i - 1) != '-'; i -= 3) {
            grouped.insert(i, '\u202f');
        }
        return grouped.toString();
    }
}
