package dev.offsite.report;

import dev.offsite.history.History;
import dev.offsite.history.HistoryEntry;
import dev.offsite.io.StateStore.Version;
import dev.offsite.job.Job;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Sums up the history of jobs by day. A file of the history is read once; later only what was appended to it, or all if it
 * was replaced.
 */
final class HistorySummaries {

    /** Two years of 60 jobs. */
    private static final int MOST = 1500;

    private final History history;
    private final Map<History.Month, Month> months = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<History.Month, Month> eldest) {
            return size() > MOST;
        }
    };

    /** By the name of the job. */
    private final Map<String, Known> known = new HashMap<>();

    HistorySummaries(History history) {
        this.history = history;
    }

    /** From that day on, though runs before it may be among the last ones. */
    synchronized JobHistory of(Job job, LocalDate from) {
        List<Month> read = read(job, from);
        Known before = known.get(job.name());
        if (before == null || !before.from.equals(from) || !before.months.equals(read)) {
            before = new Known(from, read, sum(read, from));
            known.put(job.name(), before);
        }
        return before.history;
    }

    private List<Month> read(Job job, LocalDate from) {
        List<Month> read = new ArrayList<>();
        // A month of UTC ends up to a day before or after that of the job's zone.
        String first = YearMonth.from(from.minusDays(1)).toString();
        for (History.Month file : history.months(job.name())) {
            if (file.text().compareTo(first) >= 0) {
                Month now = read(file, job.zone(), months.get(file));
                months.put(file, now);
                read.add(now);
            }
        }
        return read;
    }

    private static JobHistory sum(List<Month> months, LocalDate from) {
        NavigableMap<LocalDate, DaySummary> days = new TreeMap<>();
        List<HistoryEntry> last = new ArrayList<>();
        for (Month month : months) {
            month.days.forEach((day, summary) -> days.merge(day, summary, DaySummary::plus));
            last.addAll(month.last);
        }
        return new JobHistory(days.tailMap(from, true), newest(last));
    }

    private static List<HistoryEntry> newest(List<HistoryEntry> runs) {
        return runs.stream()
                .sorted(Comparator.comparing(HistoryEntry::at).reversed())
                .limit(JobHistory.RUNS)
                .toList();
    }

    private Month read(History.Month file, ZoneId zone, Month before) {
        Optional<Version> now = history.version(file);
        boolean known = before != null && before.zone.equals(zone) && before.version.isPresent() && now.isPresent();
        if (known && before.version.equals(now)) {
            return before;
        }
        boolean grown = known && now.get().hasGrownFrom(before.version.get());
        Sums sums = new Sums(file, zone, grown ? before : null);
        long end = history.read(file, grown ? before.end : 0, sums::add);
        return new Month(zone, now, end, sums);
    }

    private record Known(LocalDate from, List<Month> months, JobHistory history) {}

    /** What was read of a file, up to that end. Each equals only itself, so that they are compared fast. */
    private static final class Month {
        private final ZoneId zone;
        private final Optional<Version> version;
        private final long end;
        private final Map<LocalDate, DaySummary> days;
        private final List<HistoryEntry> last;

        Month(ZoneId zone, Optional<Version> version, long end, Sums sums) {
            this.zone = zone;
            this.version = version;
            this.end = end;
            this.days = sums.days;
            this.last = newest(sums.last);
        }
    }

    private static final class Sums {
        private final ZoneId zone;
        private final Instant from;
        private final Instant to;
        private final Map<LocalDate, DaySummary> days = new TreeMap<>();
        private final List<HistoryEntry> last = new ArrayList<>();

        Sums(History.Month file, ZoneId zone, Month before) {
            this.zone = zone;
            YearMonth month = month(file);
            this.from = month.atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            this.to = month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            if (before != null) {
                days.putAll(before.days);
                last.addAll(before.last);
            }
        }

        void add(HistoryEntry entry) {
            // A damaged line may name any time.
            if (entry.at().isBefore(from) || !entry.at().isBefore(to)) {
                return;
            }
            LocalDate day = LocalDate.ofInstant(entry.at(), zone);
            days.put(day, days.getOrDefault(day, DaySummary.NONE).plus(entry));
            last.add(entry);
            if (last.size() > 10 * JobHistory.RUNS) {
                List<HistoryEntry> newest = newest(last);
                last.clear();
                last.addAll(newest);
            }
        }

        private static YearMonth month(History.Month file) {
            try {
                return YearMonth.parse(file.text());
            } catch (DateTimeException noMonth) {
                return YearMonth.of(0, 1);
            }
        }
    }
}
