package dev.offsite.status;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.status.Observation.Amount;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is remembered of a job beside its ledger and its verifications: enough for its status, whatever the number of its
 * copies. {@link JobMemoryFile} stores it.
 *
 * @param known since when there is this memory
 * @param verified the last copies that were shipped and verified
 * @param runs the last run of each verb
 * @param unshipped what the last ship left here
 * @param stock the copies on the server, as the last scrub counted them and ships added to them
 * @param freeBytes on the server's disk, when last seen
 * @param trash folders in the trash, when last seen
 * @param totals what ever happened, for counters that only grow
 * @param troubles since when each trouble of the job has been going on, by {@link Trouble#key}
 */
public record JobMemory(
        Instant known,
        Optional<Observation.Verified> verified,
        Map<Verb, LastRun> runs,
        Optional<Unshipped> unshipped,
        Optional<Stock> stock,
        Optional<Seen> freeBytes,
        Optional<Seen> trash,
        Totals totals,
        Map<String, Instant> troubles) {

    /** Nothing new to ship is remembered once in that time. A service may look every second. */
    private static final Duration SOON = Duration.ofMinutes(1);

    /**
     * How a verb ended last.
     *
     * @param failingSince when the first of the failures in a row ended; empty if it went well
     */
    public record LastRun(HistoryEntry run, Optional<Instant> failingSince) {}

    /** Files that were not shipped, at most {@value #NAMED} of them by name, and since when there have been any. */
    public record Unshipped(int count, List<String> names, Instant since) {
        static final int NAMED = 10;
    }

    /**
     * Copies by the day (UTC) of their last verification, {@link LocalDate#EPOCH} if there was none. What is older than
     * {@value #DAYS} days counts under the first day of its month, so that this stays small over the years.
     */
    public record Stock(Instant counted, Map<LocalDate, Amount> verified) {

        /** More than anybody asks for. */
        private static final int DAYS = 2 * JobReport.RECENT_DAYS;

        public Stock {
            LocalDate newest = newest(verified);
            Map<LocalDate, Amount> few = new TreeMap<>();
            verified.forEach((day, amount) -> few.merge(key(day, newest), amount, Amount::plus));
            verified = few;
        }

        private static LocalDate newest(Map<LocalDate, Amount> verified) {
            return verified.keySet().stream().max(LocalDate::compareTo).orElse(LocalDate.EPOCH);
        }

        private static LocalDate key(LocalDate day, LocalDate newest) {
            return day.isBefore(newest.minusDays(DAYS)) ? day.withDayOfMonth(1) : day;
        }

        public Amount all() {
            return verified.values().stream().reduce(Amount.NOTHING, Amount::plus);
        }

        /** Those that were verified on that day or later. */
        public Amount since(LocalDate day) {
            return verified.entrySet().stream()
                    .filter(entry -> !entry.getKey().isBefore(day))
                    .map(Map.Entry::getValue)
                    .reduce(Amount.NOTHING, Amount::plus);
        }

        /** Their sizes are not known: each counts as large as the others of its day. */
        private Stock minus(Map<LocalDate, Long> gone) {
            Map<LocalDate, Amount> rest = new TreeMap<>(verified);
            LocalDate newest = newest(verified);
            gone.forEach((day, copies) -> rest.computeIfPresent(key(day, newest), (same, amount) -> {
                long left = Math.max(0, amount.copies() - copies);
                return left == 0
                        ? null
                        : new Amount(left, Math.round((double) amount.bytes() * left / amount.copies()));
            }));
            return new Stock(counted, rest);
        }

        private Stock plus(LocalDate day, Amount more) {
            Map<LocalDate, Amount> sum = new TreeMap<>(verified);
            sum.merge(day, more, Amount::plus);
            return new Stock(counted, sum);
        }
    }

    /** A number and when it was seen. */
    public record Seen(Instant at, long value) {}

    /** Sums over the lifetime of the state. */
    public record Totals(long copies, long bytes, Map<Verb, Long> failures) {
        static final Totals NOTHING = new Totals(0, 0, Map.of());

        private Totals failed(Verb verb) {
            Map<Verb, Long> more = new EnumMap<>(Verb.class);
            more.putAll(failures);
            more.merge(verb, 1L, Long::sum);
            return new Totals(copies, bytes, more);
        }
    }

    public static JobMemory since(Instant now) {
        return new JobMemory(
                now,
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Totals.NOTHING,
                Map.of());
    }

    /** This memory with one more fact. */
    JobMemory with(Observation fact) {
        if (fact instanceof Observation.Verified more) {
            return with(more);
        } else if (fact instanceof Observation.Ended ended) {
            return with(ended.run());
        } else if (fact instanceof Observation.Unshipped left) {
            Optional<Unshipped> now = left.files().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Unshipped(
                            left.files().size(),
                            left.files().stream().limit(Unshipped.NAMED).toList(),
                            unshipped.map(Unshipped::since).orElse(left.at())));
            return new JobMemory(known, verified, runs, now, stock, freeBytes, trash, totals, troubles);
        } else if (fact instanceof Observation.Space space) {
            Optional<Seen> seen = Optional.of(new Seen(space.at(), space.freeBytes()));
            return new JobMemory(known, verified, runs, unshipped, stock, seen, trash, totals, troubles);
        } else if (fact instanceof Observation.Trash folders) {
            Optional<Seen> seen = Optional.of(new Seen(folders.at(), folders.folders()));
            return new JobMemory(known, verified, runs, unshipped, stock, freeBytes, seen, totals, troubles);
        } else if (fact instanceof Observation.Pruned gone) {
            Optional<Stock> now = stock.map(before -> before.minus(gone.copies()));
            return new JobMemory(known, verified, runs, unshipped, now, freeBytes, trash, totals, troubles);
        } else {
            Observation.Counted counted = (Observation.Counted) fact;
            Optional<Stock> now = Optional.of(new Stock(counted.at(), counted.verified()));
            return new JobMemory(known, verified, runs, unshipped, now, freeBytes, trash, totals, troubles);
        }
    }

    private JobMemory with(Observation.Verified more) {
        Amount amount = new Amount(more.copies(), more.bytes());
        LocalDate day = LocalDate.ofInstant(more.at(), ZoneOffset.UTC);
        Totals sum = new Totals(totals.copies + more.copies(), totals.bytes + more.bytes(), totals.failures);
        return new JobMemory(
                known,
                Optional.of(more),
                runs,
                unshipped,
                stock.map(before -> before.plus(day, amount)),
                freeBytes,
                trash,
                sum,
                troubles);
    }

    private JobMemory with(HistoryEntry run) {
        LastRun last = runs.get(run.verb());
        if (last != null && run.result() == Result.NOTHING && last.run().result() == Result.NOTHING) {
            Duration since = Duration.between(last.run().at(), run.at());
            if (!since.isNegative() && since.compareTo(SOON) < 0) {
                return this;
            }
        }
        Optional<Instant> before = Optional.ofNullable(runs.get(run.verb())).flatMap(LastRun::failingSince);
        Map<Verb, LastRun> now = new EnumMap<>(Verb.class);
        now.putAll(runs);
        now.put(run.verb(), new LastRun(run, run.well() ? Optional.empty() : before.or(() -> Optional.of(run.at()))));
        Totals sum = run.well() ? totals : totals.failed(run.verb());
        return new JobMemory(known, verified, now, unshipped, stock, freeBytes, trash, sum, troubles);
    }

    JobMemory withTroubles(Map<String, Instant> now) {
        return new JobMemory(known, verified, runs, unshipped, stock, freeBytes, trash, totals, now);
    }
}
