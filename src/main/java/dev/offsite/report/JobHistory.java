package dev.offsite.report;

import dev.offsite.history.HistoryEntry;
import java.time.LocalDate;
import java.util.List;
import java.util.NavigableMap;

/**
 * What the page needs of a job's history.
 *
 * @param days those on which something ran, in the job's time zone
 * @param last the last runs, the newest first
 */
record JobHistory(NavigableMap<LocalDate, DaySummary> days, List<HistoryEntry> last) {

    /** How many of the last runs are kept. */
    static final int RUNS = 12;

    DaySummary on(LocalDate day) {
        return days.getOrDefault(day, DaySummary.NONE);
    }
}
