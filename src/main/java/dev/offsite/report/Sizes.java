package dev.offsite.report;

import dev.offsite.job.Job;
import dev.offsite.retention.Plausible;
import dev.offsite.retention.Plausible.Finding;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What was shipped and verified on each day, as bars, and the days that break the pattern.
 *
 * @param width of the drawing: one unit a day; its height is {@value #HEIGHT}
 * @param bars a line for each day as it should be, half a bar left of the middle of the bar
 * @param smallBars that of days on which suspiciously little was shipped
 * @param marks above those days
 * @param top what the upper edge stands for
 * @param small those days in words, the newest first
 */
public record Sizes(
        int width,
        String bars,
        String smallBars,
        List<Mark> marks,
        String top,
        String middle,
        LocalDate first,
        LocalDate last,
        String summary,
        List<Small> small) {

    static final int HEIGHT = 100;

    /** The least number of days to draw: a single bar as wide as the page is no chart. */
    private static final int LEAST = 60;
    /** The name under which all of a day is compared with other days. */
    private static final String ALL = "all";

    private static final int NAMED = 10;
    private static final double GAP = 0.2;
    /** So that a day with little is seen at all. */
    private static final double LOWEST = 1.5;

    /** A point above a bar. */
    public record Mark(double x, double y) {}

    /** A day on which suspiciously little was shipped. */
    public record Small(LocalDate day, String text) {
        public String dayText() {
            return PageText.day(day);
        }
    }

    public String firstText() {
        return PageText.day(first);
    }

    public String lastText() {
        return PageText.day(last);
    }

    public boolean isEmpty() {
        return bars.isEmpty() && smallBars.isEmpty();
    }

    static Sizes of(Job job, JobHistory history, LocalDate today) {
        NavigableMap<LocalDate, DaySummary> shipped = new TreeMap<>(history.days());
        shipped.values().removeIf(day -> day.files() == 0);
        NavigableMap<LocalDate, Finding> small = small(job, shipped, today);
        LocalDate first = shipped.isEmpty() ? today : shipped.firstKey();
        LocalDate start = first.isBefore(today.minusDays(LEAST - 1L)) ? first : today.minusDays(LEAST - 1L);
        long most = shipped.values().stream().mapToLong(DaySummary::bytes).max().orElse(0);
        StringBuilder bars = new StringBuilder();
        StringBuilder smallBars = new StringBuilder();
        List<Mark> marks = new ArrayList<>();
        shipped.forEach((day, summary) -> {
            long x = ChronoUnit.DAYS.between(start, day);
            // Below the upper edge, so that there is room for a mark.
            double height = Math.max(LOWEST, most == 0 ? 0 : (double) summary.bytes() / most * HEIGHT);
            boolean breaks = small.containsKey(day);
            bar(breaks ? smallBars : bars, x, height);
            if (breaks) {
                marks.add(new Mark(x + (1 - GAP) / 2, Math.max(4, HEIGHT - height - 8)));
            }
        });
        return new Sizes(
                (int) ChronoUnit.DAYS.between(start, today) + 1,
                bars.toString(),
                smallBars.toString(),
                marks,
                PageText.size(most),
                PageText.size(most / 2),
                start,
                today,
                summary(shipped),
                words(small, today));
    }

    /** As a line from the bottom up, whose width the style sheet sets. */
    private static void bar(StringBuilder path, long x, double height) {
        long tenths = Math.round(height * 10);
        path.append('M').append(x).append(' ').append(HEIGHT).append("v-").append(tenths / 10);
        if (tenths % 10 != 0) {
            path.append('.').append(tenths % 10);
        }
    }

    private static NavigableMap<LocalDate, Finding> small(
            Job job, NavigableMap<LocalDate, DaySummary> shipped, LocalDate today) {
        NavigableMap<String, Map<String, Long>> sizes = new TreeMap<>();
        Map<String, LocalDate> days = new HashMap<>();
        shipped.forEach((day, summary) -> {
            sizes.put(day.toString(), Map.of(ALL, summary.bytes()));
            days.put(day.toString(), day);
        });
        if (isUnfinished(shipped, today)) {
            days.remove(today.toString());
        }
        NavigableMap<LocalDate, Finding> small = new TreeMap<>();
        if (job.pruning().plausible() == 0) {
            return small;
        }
        for (Finding finding :
                Plausible.findings(sizes, days.keySet(), job.pruning().plausible())) {
            small.put(days.get(finding.folder()), finding);
        }
        return small;
    }

    /** Whether more is to come today: fewer files came than on each of the days before. */
    private static boolean isUnfinished(NavigableMap<LocalDate, DaySummary> shipped, LocalDate today) {
        DaySummary now = shipped.get(today);
        return now != null
                && shipped.headMap(today, false).descendingMap().values().stream()
                        .limit(Plausible.RECENT)
                        .allMatch(day -> day.files() > now.files());
    }

    private static List<Small> words(NavigableMap<LocalDate, Finding> small, LocalDate today) {
        return small.descendingMap().entrySet().stream()
                .limit(NAMED)
                .map(entry -> new Small(entry.getKey(), words(entry.getKey(), entry.getValue(), today)))
                .toList();
    }

    private static String words(LocalDate day, Finding finding, LocalDate today) {
        return "%s%s; the median of the %s before is %s"
                .formatted(
                        finding.size() == 0 ? "empty copies" : "only " + PageText.size(finding.size()),
                        day.equals(today) ? " so far" : "",
                        PageText.count(finding.like(), "day", "days"),
                        PageText.size(finding.median()));
    }

    private static String summary(NavigableMap<LocalDate, DaySummary> shipped) {
        if (shipped.isEmpty()) {
            return "";
        }
        List<Long> sorted =
                shipped.values().stream().map(DaySummary::bytes).sorted().toList();
        Entry<LocalDate, DaySummary> largest = shipped.entrySet().stream()
                .max(Entry.comparingByValue(Comparator.comparingLong(DaySummary::bytes)))
                .orElseThrow();
        return "%s in all. The median of a day with copies is %s, the largest was %s on %s."
                .formatted(
                        PageText.size(total(sorted)),
                        PageText.size(sorted.get((sorted.size() - 1) / 2)),
                        PageText.size(largest.getValue().bytes()),
                        PageText.day(largest.getKey()));
    }

    private static long total(List<Long> sizes) {
        double sum = sizes.stream().mapToDouble(Long::doubleValue).sum();
        return sum >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) sum;
    }
}
