package dev.offsite.job;

import dev.offsite.io.StateFile;
import dev.offsite.io.StateStore;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Until when the runs of one schedule have happened, in a small file in the state folder, so that one that was missed is
 * noticed. Not safe for several threads.
 */
public final class ScheduleLog {

    /** A run that was missed longer ago is not made up for. */
    private static final Duration MOST_LATE = Duration.ofDays(1);

    private final StateFile file;
    private Entry last;

    /**
     * @param until all runs that were due by then have happened
     * @param ran when the last one was due, or null; it does not happen again after the clock was set back
     */
    private record Entry(Instant until, Instant ran) {}

    /**
     * Reads nothing yet.
     *
     * @param name of the job, or of another route with a schedule
     */
    public ScheduleLog(StateStore state, String name) {
        this.file = StateFile.of(state, name, "schedule");
    }

    /** Reads it again at the next call: another process may have written it. */
    public ScheduleLog again() {
        last = null;
        return this;
    }

    /** When the run was due that is to happen now, or empty. At the first call ever, no run is due. */
    public Optional<Instant> due(CronTimes times, Instant now) {
        if (last == null) {
            last = read().orElse(null);
        }
        if (last == null || now.isBefore(last.until)) {
            // New, or the clock was set back: from now on by what it shows.
            write(new Entry(now, last == null ? null : last.ran));
        }
        Instant earliest = now.minus(MOST_LATE);
        Optional<Instant> next = times.next(last.until.isBefore(earliest) ? earliest : last.until);
        if (next.isPresent() && next.get().equals(last.ran)) {
            next = times.next(next.get());
        }
        return next.filter(time -> !time.isAfter(now));
    }

    /** A run that was due then has happened, and with it all that were due by now. */
    public void ran(Instant due, Instant now) {
        write(new Entry(now, due));
    }

    /** A run has happened that nobody's schedule began: it counts as the one that was due last. */
    public void ran(Instant now) {
        write(new Entry(now, read().map(Entry::ran).orElse(null)));
    }

    private Optional<Entry> read() {
        try {
            List<Instant> times =
                    file.read().orElse(List.of()).stream().map(Instant::parse).toList();
            return times.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Entry(times.get(0), times.size() > 1 ? times.get(1) : null));
        } catch (DateTimeException e) {
            // As if it were new: no run is missed but one that was due while nobody ran.
            return Optional.empty();
        }
    }

    private void write(Entry entry) {
        // First, so that no run happens twice where the state cannot be written.
        last = entry;
        file.write(Stream.of(entry.until, entry.ran)
                .filter(time -> time != null)
                .map(Instant::toString)
                .toList());
    }
}
