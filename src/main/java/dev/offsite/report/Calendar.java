package dev.offsite.report;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.TextStyle;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The year of a job, a column for each week, in two halves that stand side by side or one below the other.
 *
 * @param summary all of it in one sentence
 * @param months the same in numbers, the newest first
 * @param worst the last days on which something failed or was refused, the newest first
 */
public record Calendar(String summary, List<Half> halves, List<Month> months, List<CalendarDay> worst) {

    static final int WEEKS = 53;

    private static final int COLUMNS = 27;
    private static final int PITCH = 14;
    private static final int LEFT = 30;
    private static final int WORST = 10;
    /** A label is about two columns wide. */
    private static final int ROOM = 3;

    /** A drawing of that width. */
    public record Half(int width, List<Label> labels, List<Week> weeks) {}

    /** The name of a month above its first week. */
    public record Label(int x, String text) {}

    public record Week(int x, List<CalendarDay> days) {}

    /** Numbers of days in a month, and what was verified in it. */
    public record Month(
            String name, int verified, int failed, int refused, int nothing, int none, long pruned, String size) {}

    /** The first day of a calendar that ends with the week of that day. */
    static LocalDate first(LocalDate today) {
        return today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).minusWeeks(WEEKS - 1L);
    }

    /** @param known the first day on which something is known of the job */
    static Calendar of(JobHistory history, LocalDate known, LocalDate today) {
        List<Week> weeks = new ArrayList<>();
        List<CalendarDay> days = new ArrayList<>();
        for (LocalDate monday = first(today); !monday.isAfter(today); monday = monday.plusWeeks(1)) {
            List<CalendarDay> week = monday.datesUntil(monday.plusWeeks(1))
                    .filter(day -> !day.isAfter(today))
                    .map(day -> CalendarDay.of(day, history.on(day), known, today))
                    .toList();
            weeks.add(new Week(LEFT + weeks.size() % COLUMNS * PITCH, week));
            days.addAll(week);
        }
        List<Half> halves = List.of(half(weeks.subList(0, COLUMNS)), half(weeks.subList(COLUMNS, WEEKS)));
        List<CalendarDay> worst = days.stream()
                .filter(day -> day.kind().failed() || day.kind() == CalendarDay.Kind.REFUSED)
                .toList();
        return new Calendar(summary(days), halves, months(days, history), last(worst));
    }

    private static Half half(List<Week> weeks) {
        List<Label> labels = new ArrayList<>();
        YearMonth before = null;
        int free = 0;
        for (int i = 0; i < weeks.size(); i++) {
            LocalDate monday = weeks.get(i).days().get(0).day();
            YearMonth month = YearMonth.from(monday);
            // The first column is labelled only if its month is not about to end.
            boolean begins = before == null ? monday.getDayOfMonth() <= PITCH : !month.equals(before);
            if (begins && i >= free && i <= weeks.size() - 2) {
                labels.add(
                        new Label(weeks.get(i).x(), month.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH)));
                free = i + ROOM;
            }
            before = month;
        }
        return new Half(LEFT + COLUMNS * PITCH, labels, weeks);
    }

    private static List<CalendarDay> last(List<CalendarDay> worst) {
        List<CalendarDay> last = new ArrayList<>(worst.subList(Math.max(0, worst.size() - WORST), worst.size()));
        Collections.reverse(last);
        return List.copyOf(last);
    }

    private static Map<CalendarDay.Kind, Integer> counts(List<CalendarDay> days) {
        Map<CalendarDay.Kind, Integer> counts = new EnumMap<>(CalendarDay.Kind.class);
        for (CalendarDay.Kind kind : CalendarDay.Kind.values()) {
            counts.put(kind, 0);
        }
        days.forEach(day -> counts.merge(day.kind(), 1, Integer::sum));
        return counts;
    }

    private static String summary(List<CalendarDay> days) {
        List<CalendarDay> known = days.stream()
                .filter(day -> day.kind() != CalendarDay.Kind.UNKNOWN)
                .toList();
        if (known.isEmpty()) {
            return "Nothing is known of this job yet.";
        }
        long verified = known.stream().filter(day -> day.kind().verified()).count();
        long failed = known.stream().filter(day -> day.kind().failed()).count();
        return "Since %s: copies were verified on %s, and something failed on %s."
                .formatted(
                        PageText.day(known.get(0).day()),
                        PageText.count(verified, "day", "days"),
                        PageText.count(failed, "day", "days"));
    }

    private static List<Month> months(List<CalendarDay> days, JobHistory history) {
        Map<YearMonth, List<CalendarDay>> byMonth = new TreeMap<>(Comparator.reverseOrder());
        for (CalendarDay day : days) {
            if (day.kind() != CalendarDay.Kind.UNKNOWN) {
                byMonth.computeIfAbsent(YearMonth.from(day.day()), key -> new ArrayList<>())
                        .add(day);
            }
        }
        List<Month> months = new ArrayList<>();
        byMonth.forEach((month, its) -> {
            Map<CalendarDay.Kind, Integer> counts = counts(its);
            List<DaySummary> summaries =
                    its.stream().map(day -> history.on(day.day())).toList();
            months.add(new Month(
                    month.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH) + " " + month.getYear(),
                    (int) its.stream().filter(day -> day.kind().verified()).count(),
                    (int) its.stream().filter(day -> day.kind().failed()).count(),
                    counts.get(CalendarDay.Kind.REFUSED),
                    counts.get(CalendarDay.Kind.NOTHING) + counts.get(CalendarDay.Kind.PRUNED),
                    counts.get(CalendarDay.Kind.NO_RUN),
                    summaries.stream().mapToLong(DaySummary::pruned).sum(),
                    PageText.size(
                            summaries.stream().mapToLong(DaySummary::bytes).sum())));
        });
        return months;
    }
}
