package dev.offsite.status;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.job.Job;
import dev.offsite.status.JobMemory.LastRun;
import dev.offsite.verify.Debts.Debt;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The status of a job at one moment, from what is remembered here: for {@code offsite status}, metrics, health checks,
 * the page and notifications alike.
 *
 * @param now the moment
 * @param debts copies that were verified and are now missing or damaged
 * @param troubles what is wrong; empty if all is well
 * @param next when the job's next run is due by its schedule; empty if it has none, or polls
 */
public record JobReport(
        Job job, Instant now, JobMemory memory, List<Debt> debts, List<Trouble> troubles, Optional<Instant> next) {

    /** A copy counts as verified again if that happened within this many days. */
    public static final int RECENT_DAYS = 30;

    public String name() {
        return job.name();
    }

    /** When the last copy was shipped and verified. */
    public Optional<Instant> verifiedAt() {
        return memory.verified().map(Observation.Verified::at);
    }

    /** How long ago that was; never negative. */
    public Optional<Duration> age() {
        return verifiedAt().map(at -> at.isAfter(now) ? Duration.ZERO : Duration.between(at, now));
    }

    public Optional<LastRun> last(Verb verb) {
        return Optional.ofNullable(memory.runs().get(verb));
    }

    /** The share of the bytes on the server that were verified within {@link #RECENT_DAYS} days, 0 to 1. */
    public OptionalDouble verifiedRatio() {
        LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(RECENT_DAYS);
        return memory.stock()
                .filter(stock -> stock.all().copies() > 0)
                .map(stock -> {
                    long all = stock.all().bytes();
                    return all == 0
                            ? OptionalDouble.of((double) stock.since(day).copies()
                                    / stock.all().copies())
                            : OptionalDouble.of((double) stock.since(day).bytes() / all);
                })
                .orElse(OptionalDouble.empty());
    }

    /** The run that ended last, of any verb. */
    public Optional<HistoryEntry> lastRun() {
        return memory.runs().values().stream().map(LastRun::run).max(Comparator.comparing(HistoryEntry::at));
    }

    /** Whether no copy was ever verified. */
    public boolean untried() {
        return memory.verified().isEmpty();
    }

    /** Whether nothing is wrong, and something is off-site. */
    public boolean well() {
        return troubles.isEmpty() && !untried() && memory.unshipped().isEmpty();
    }

    public boolean has(Trouble.Kind kind) {
        return troubles.stream().anyMatch(trouble -> trouble.kind() == kind);
    }
}
