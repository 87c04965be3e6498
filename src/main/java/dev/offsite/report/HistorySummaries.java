package dev.offsite.report;

import dev.offsite.history.History;
import dev.offsite.history.HistoryEntry;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
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
import java.util.Objects;
import java.util.TreeMap;

/**
 * Sums up the history of jobs by day. A file of the history is read once; later only what was appended to it, or all if it
 * was replaced.
 */
final class HistorySummaries {

    /** Two years of 60 jobs. */
    private static final int MOST = 1500;

    private final History history;
    private final Map<Path, Month> months = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, Month> eldest) {
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
        for (Path file : history.months(job.name())) {
            if (file.getFileName().toString().compareTo(first) >= 0) {
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

    private static Month read(Path file, ZoneId zone, Month before) {
        try {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            boolean known = before != null && before.zone.equals(zone) && Objects.equals(before.key, now.fileKey());
            if (known && now.size() == before.size && now.lastModifiedTime().equals(before.time)) {
                return before;
            }
            boolean grown = known && now.size() > before.size;
            Sums sums = new Sums(file, zone, grown ? before : null);
            long end = History.read(file, grown ? before.end : 0, sums::add);
            return new Month(zone, now, end, sums);
        } catch (IOException e) {
            throw StateException.unreadable(file, e);
        }
    }

    private record Known(LocalDate from, List<Month> months, JobHistory history) {}

    /** What was read of a file, up to that end. Each equals only itself, so that they are compared fast. */
    private static final class Month {
        private final ZoneId zone;
        private final Object key;
        private final long size;
        private final FileTime time;
        private final long end;
        private final Map<LocalDate, DaySummary> days;
        private final List<HistoryEntry> last;

        Month(ZoneId zone, BasicFileAttributes file, long end, Sums sums) {
            this.zone = zone;
            this.key = file.fileKey();
            this.size = file.size();
            this.time = file.lastModifiedTime();
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

        Sums(Path file, ZoneId zone, Month before) {
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

        private static YearMonth month(Path file) {
            try {
                return YearMonth.parse(file.getFileName().toString().substring(0, "2026-01".length()));
            } catch (DateTimeException noMonth) {
                return YearMonth.of(0, 1);
            }
        }
    }
}
