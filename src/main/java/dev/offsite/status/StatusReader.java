package dev.offsite.status;

import dev.offsite.exec.ShellQuoting;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.HumanTime;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus.Hold;
import dev.offsite.job.Jobs;
import dev.offsite.status.JobMemory.LastRun;
import dev.offsite.verify.Debts.Debt;
import dev.offsite.verify.KnownTrouble;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.VerificationLog.Entry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads the status of jobs from the state folder: without a login, and while another process runs.
 */
public record StatusReader(
        Jobs jobs, JobMemoryFile memory, KnownTrouble known, VerificationLog verifications, Clock clock) {

    /** A clock may be a little ahead of another one. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    /** A state that cannot be read is a trouble of the job. */
    public JobReport report(Job job) {
        Instant now = clock.instant();
        try {
            JobMemory remembered = memory.read(job).orElseGet(() -> firstMemory(job, Instant.EPOCH));
            List<Debt> debts = known.debts().of(job);
            return new JobReport(
                    job,
                    now,
                    remembered,
                    debts,
                    troubles(job, remembered, debts, now),
                    jobs.schedule(job.name()).flatMap(times -> times.next(now)));
        } catch (StateException e) {
            Trouble trouble = new Trouble(job.name(), Trouble.Kind.FAILED, "state", now, e.getMessage(), "");
            return new JobReport(job, now, JobMemory.since(now), List.of(), List.of(trouble), Optional.empty());
        }
    }

    /** Why the job is stale, in one line; empty if it is not. */
    public Optional<String> stale(Job job) {
        return report(job).troubles().stream()
                .filter(trouble -> trouble.kind() == Trouble.Kind.STALE)
                .map(Trouble::text)
                .findFirst();
    }

    /** What an earlier version left: the newest dated folder tells when the last copy was verified. */
    JobMemory firstMemory(Job job, Instant known) {
        JobMemory first = JobMemory.since(known);
        List<String> folders = verifications.folders(job);
        for (int i = folders.size() - 1; i >= 0; i--) {
            String folder = folders.get(i);
            List<Entry> verified = verifications.of(job, folder).values().stream()
                    .filter(entry -> entry.verification().isPresent())
                    .toList();
            Optional<Instant> last = verified.stream().map(Entry::at).max(Instant::compareTo);
            if (last.isPresent()) {
                // A scrub may have verified it again since. The day in its name is as late as it can have been shipped.
                Instant end = job.folders()
                        .parse(folder)
                        .map(day -> day.plusDays(1).atStartOfDay(job.zone()).toInstant())
                        .orElse(last.get());
                Instant at = last.get().isBefore(end) ? last.get() : end;
                return new JobMemory(
                        known,
                        Optional.of(new Observation.Verified(job.name(), at, folder, verified.size(), 0)),
                        first.runs(),
                        first.unshipped(),
                        first.stock(),
                        first.freeBytes(),
                        first.trash(),
                        first.totals(),
                        first.troubles());
            }
        }
        return first;
    }

    private List<Trouble> troubles(Job job, JobMemory remembered, List<Debt> debts, Instant now) {
        List<Trouble> troubles = new ArrayList<>();
        stale(job, remembered, now).ifPresent(troubles::add);
        damaged(job, remembered, debts, now).ifPresent(troubles::add);
        boolean damaged = troubles.stream().anyMatch(trouble -> trouble.kind() == Trouble.Kind.DAMAGED);
        for (Verb verb : List.of(Verb.SHIP, Verb.SCRUB, Verb.PRUNE, Verb.DRILL)) {
            LastRun last = remembered.runs().get(verb);
            boolean said =
                    damaged && verb == Verb.SCRUB && last != null && last.run().failed() > 0;
            if (last != null && last.run().result() == Result.FAILED && !said) {
                troubles.add(of(job, Trouble.Kind.FAILED, last, command(job, verb)));
            }
        }
        refused(job, remembered, now).ifPresent(troubles::add);
        LastRun prune = remembered.runs().get(Verb.PRUNE);
        if (troubles.isEmpty()
                && prune != null
                && prune.run().result() == Result.REFUSED
                && !prune.run().reason().contains(KnownTrouble.ACKNOWLEDGE)) {
            troubles.add(of(job, Trouble.Kind.REFUSED, prune, "offsite prune --dry-run " + name(job)));
        }
        return troubles;
    }

    private static Trouble of(Job job, Trouble.Kind kind, LastRun last, String command) {
        String verb = last.run().verb().word();
        Instant since = last.failingSince().orElse(last.run().at());
        return new Trouble(
                job.name(), kind, verb, since, verb + ": " + last.run().reason(), command);
    }

    private Optional<Trouble> damaged(Job job, JobMemory remembered, List<Debt> debts, Instant now) {
        Instant since = debts.stream()
                .map(debt -> debt.copy().at())
                .min(Instant::compareTo)
                .orElseGet(() -> remembered.troubles().getOrDefault(Trouble.Kind.DAMAGED.word(), now));
        return known.damage(job).stream()
                .findFirst()
                .map(text ->
                        new Trouble(job.name(), Trouble.Kind.DAMAGED, "", since, text, "offsite scrub " + name(job)));
    }

    private Optional<Trouble> refused(Job job, JobMemory remembered, Instant now) {
        return Optional.ofNullable(known.status().holds(job).get(Hold.IMPLAUSIBLE))
                .map(small -> new Trouble(
                        job.name(),
                        Trouble.Kind.REFUSED,
                        "",
                        remembered.troubles().getOrDefault(Trouble.Kind.REFUSED.word(), now),
                        KnownTrouble.implausible(job, small),
                        KnownTrouble.ACKNOWLEDGE + name(job)));
    }

    /** To be copied into a shell. */
    private static String name(Job job) {
        String name = job.name().replace("\0", "");
        return ShellQuoting.isPlain(name) ? name : ShellQuoting.quote(name);
    }

    private static String command(Job job, Verb verb) {
        return verb == Verb.SHIP ? "offsite doctor " + name(job) : "offsite %s %s".formatted(verb.word(), name(job));
    }

    private Optional<Trouble> stale(Job job, JobMemory remembered, Instant now) {
        Optional<Instant> verified = remembered.verified().map(Observation.Verified::at);
        if (verified.filter(now.plus(SKEW)::isBefore).isPresent()) {
            return Optional.of(stale(
                    job,
                    now,
                    "the last copy was verified at %s, which is in the future: is the clock of this machine right (it shows %s)?"
                            .formatted(verified.get(), now)));
        }
        if (job.maxAge().isEmpty()) {
            return Optional.empty();
        }
        Duration most = job.maxAge().get();
        Instant from = verified.orElse(remembered.known());
        if (Duration.between(from, now).compareTo(most) <= 0) {
            return Optional.empty();
        }
        String what = verified.isPresent()
                ? "no new copy was verified for %s".formatted(HumanTime.of(Duration.between(from, now)))
                : "no copy was ever verified";
        return Optional.of(stale(
                job,
                from.equals(Instant.EPOCH) ? now : from.plus(most),
                "%s, and max-age is %s: is %s filled, and does a timer or the service run offsite ship %s?"
                        .formatted(what, HumanTime.of(most), job.source(), job.name())));
    }

    private static Trouble stale(Job job, Instant since, String text) {
        return new Trouble(job.name(), Trouble.Kind.STALE, "", since, text, "offsite ship " + name(job));
    }
}
