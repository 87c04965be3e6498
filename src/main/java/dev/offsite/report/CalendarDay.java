package dev.offsite.report;

import java.time.LocalDate;

/**
 * One day in the calendar of a job.
 *
 * @param kind how it is drawn
 * @param row in the calendar: 0 is Monday
 * @param text what happened, in words; empty if nothing is known of the day
 */
public record CalendarDay(LocalDate day, Kind kind, int row, boolean today, String text) {

    /** The worst of what happened. Its code is the id of the shape that is drawn for it. */
    public enum Kind {
        /** Before anything is known of the job. */
        UNKNOWN("u"),
        /** Nothing ran. */
        NO_RUN("i"),
        /** There was nothing new. */
        NOTHING("n"),
        PRUNED("p"),
        VERIFIED("v"),
        VERIFIED_AND_PRUNED("w"),
        /** Pruning refused. */
        REFUSED("r"),
        FAILED("f"),
        /** Copies were verified, and something failed. */
        FAILED_AND_VERIFIED("g");

        private final String code;

        Kind(String code) {
            this.code = code;
        }

        public String code() {
            return code;
        }

        boolean failed() {
            return this == FAILED || this == FAILED_AND_VERIFIED;
        }

        boolean verified() {
            return this == VERIFIED || this == VERIFIED_AND_PRUNED || this == FAILED_AND_VERIFIED;
        }
    }

    /** @param known the first day on which something is known of the job */
    static CalendarDay of(LocalDate day, DaySummary summary, LocalDate known, LocalDate today) {
        Kind kind = kind(summary, day.isBefore(known));
        String what = kind == Kind.UNKNOWN ? "" : words(summary, day.equals(today));
        return new CalendarDay(day, kind, day.getDayOfWeek().getValue() - 1, day.equals(today), what);
    }

    public String dayText() {
        return PageText.day(day);
    }

    /** Without the year. */
    public String shortDayText() {
        return PageText.shortDay(day);
    }

    private static Kind kind(DaySummary summary, boolean before) {
        boolean verified = summary.files() > 0;
        if (summary.failures() > 0) {
            return verified ? Kind.FAILED_AND_VERIFIED : Kind.FAILED;
        }
        if (summary.refusals() > 0) {
            return Kind.REFUSED;
        }
        if (verified) {
            return summary.pruned() > 0 ? Kind.VERIFIED_AND_PRUNED : Kind.VERIFIED;
        }
        if (summary.pruned() > 0) {
            return Kind.PRUNED;
        }
        if (summary.runs() > 0) {
            return Kind.NOTHING;
        }
        return before ? Kind.UNKNOWN : Kind.NO_RUN;
    }

    private static String words(DaySummary summary, boolean today) {
        if (summary.runs() == 0) {
            return today ? "no run so far" : "no run";
        }
        StringBuilder words = new StringBuilder();
        if (summary.failures() > 0) {
            add(words, PageText.count(summary.failures(), "run failed", "runs failed"));
            words.append(" (").append(PageText.visible(summary.reason())).append(')');
        } else if (summary.refusals() > 0) {
            add(words, "nothing was pruned (" + PageText.visible(summary.reason()) + ")");
        }
        if (summary.files() > 0) {
            add(words, PageText.count(summary.files(), "copy", "copies") + " verified, ");
            words.append(PageText.size(summary.bytes()));
        }
        if (summary.pruned() > 0) {
            add(words, PageText.count(summary.pruned(), "folder", "folders") + " pruned");
        }
        if (summary.rehashed() > 0) {
            add(words, PageText.number(summary.rehashed()) + " verified again");
        }
        if (summary.restored() > 0) {
            add(words, PageText.count(summary.restored(), "file", "files") + " restored");
        }
        return words.isEmpty() ? "nothing new" : words.toString();
    }

    private static void add(StringBuilder words, String more) {
        words.append(words.isEmpty() ? "" : "; ").append(more);
    }
}
