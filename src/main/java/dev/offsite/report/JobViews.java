package dev.offsite.report;

import dev.offsite.exec.ShellQuoting;
import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.HumanTime;
import dev.offsite.job.Job;
import dev.offsite.report.JobView.Fact;
import dev.offsite.report.JobView.Owed;
import dev.offsite.report.JobView.Run;
import dev.offsite.report.JobView.Wrong;
import dev.offsite.report.State.Tone;
import dev.offsite.status.JobMemory;
import dev.offsite.status.JobReport;
import dev.offsite.status.Observation.Amount;
import dev.offsite.status.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the page shows of a job, from its report and its history. */
final class JobViews {

    /** How many owed copies are named. */
    private static final int OWED = 50;

    private static final int NAMES = 5;

    private final JobReport report;
    private final JobHistory history;
    private final Job job;

    private JobViews(JobReport report, JobHistory history) {
        this.report = report;
        this.history = history;
        this.job = report.job();
    }

    static JobView of(JobReport report, JobHistory history) {
        return new JobViews(report, history).view();
    }

    /** The first day that the calendar of the job shows. */
    static LocalDate from(JobReport report) {
        return Calendar.first(today(report));
    }

    static LocalDate today(JobReport report) {
        return LocalDate.ofInstant(report.now(), report.job().zone());
    }

    private JobView view() {
        State state = state(report);
        Optional<Duration> age = report.age();
        return new JobView(
                id(job.name()),
                PageText.visible(job.name()),
                state,
                headline(state),
                ageText(),
                age.flatMap(since -> job.maxAge().map(most -> percent(since, most))),
                report.verifiedAt().map(this::moment),
                job.zone().getId(),
                report.troubles().stream().map(this::wrong).toList(),
                facts(),
                history.last().stream().map(this::run).toList(),
                report.debts().stream()
                        .limit(OWED)
                        .map(debt -> new Owed(
                                PageText.visible(debt.path()),
                                debt.copy().loss().word(),
                                moment(debt.copy().at())))
                        .toList(),
                Math.max(0, report.debts().size() - OWED),
                restore(job.name()));
    }

    /** The worst of its troubles, or how it is without one. */
    static State state(JobReport report) {
        if (report.has(Trouble.Kind.DAMAGED)) {
            return State.DAMAGED;
        } else if (report.has(Trouble.Kind.FAILED)) {
            return State.FAILED;
        } else if (report.has(Trouble.Kind.STALE)) {
            return State.STALE;
        } else if (!report.troubles().isEmpty()) {
            return State.DECIDE;
        }
        return report.verifiedAt().isEmpty() ? State.NOTHING_YET : State.VERIFIED;
    }

    private String headline(State state) {
        return switch (state) {
            case DAMAGED ->
                report.debts().isEmpty()
                        ? "Copies on the server are damaged."
                        : PageText.count(report.debts().size(), "copy", "copies") + " on the server "
                                + (report.debts().size() == 1 ? "is" : "are") + " missing or damaged.";
            case FAILED ->
                "The last "
                        + report.troubles().stream()
                                .filter(trouble -> trouble.kind() == Trouble.Kind.FAILED)
                                .map(Trouble::subject)
                                .collect(Collectors.joining(" and the last "))
                        + " failed.";
            case STALE ->
                report.verifiedAt().isEmpty()
                        ? "No copy was ever verified."
                        : report.age().filter(Duration::isZero).isPresent()
                                ? "The last copy was verified in the future."
                                : "No new copy was verified for "
                                        + HumanTime.of(report.age().get()) + ".";
            case DECIDE -> "Pruning waits for your decision.";
            case NOTHING_YET -> "No copy was verified yet.";
            case VERIFIED -> "Verified " + PageText.ago(report.age().get()) + ".";
        };
    }

    /** The age against max-age. */
    private String ageText() {
        if (report.age().isEmpty()) {
            return job.maxAge()
                    .map(most -> "There is no verified copy, and max-age is %s.".formatted(HumanTime.of(most)))
                    .orElse("There is no verified copy, and no max-age, so nobody is told.");
        }
        String age = HumanTime.of(report.age().get());
        return job.maxAge()
                .map(most -> report.age().get().compareTo(most) <= 0
                        ? "The last verified copy is %s old, within the max-age of %s."
                                .formatted(age, HumanTime.of(most))
                        : "The last verified copy is %s old, more than the max-age of %s."
                                .formatted(age, HumanTime.of(most)))
                .orElse("The last verified copy is %s old. Without a max-age, nobody is told when copies stop coming."
                        .formatted(age));
    }

    private static int percent(Duration age, Duration most) {
        return most.isZero() ? 100 : (int) Math.min(100, age.toSeconds() * 100 / Math.max(1, most.toSeconds()));
    }

    /** The first day on which something is known of the job. */
    static LocalDate known(JobReport report, JobHistory history) {
        Instant known = report.memory().known();
        LocalDate first = known.equals(Instant.EPOCH)
                ? today(report).plusDays(1)
                : LocalDate.ofInstant(known, report.job().zone());
        return history.days().isEmpty() || first.isBefore(history.days().firstKey())
                ? first
                : history.days().firstKey();
    }

    private Wrong wrong(Trouble trouble) {
        Tone tone = trouble.kind() == Trouble.Kind.REFUSED ? Tone.WARN : Tone.BAD;
        return new Wrong(
                tone,
                word(trouble.kind()),
                PageText.visible(trouble.text()),
                moment(trouble.since()),
                PageText.visible(trouble.command()));
    }

    private static String word(Trouble.Kind kind) {
        return kind.name().charAt(0) + kind.word().substring(1);
    }

    private List<Fact> facts() {
        JobMemory memory = report.memory();
        List<Fact> facts = new ArrayList<>();
        memory.verified()
                .ifPresent(last -> facts.add(new Fact(
                        "Last verified",
                        "%s, %s in %s"
                                .formatted(
                                        PageText.count(last.copies(), "copy", "copies"),
                                        PageText.size(last.bytes()),
                                        PageText.visible(last.folder())),
                        Optional.of(moment(last.at())))));
        report.next()
                .ifPresentOrElse(
                        next -> facts.add(new Fact("Next run", "", Optional.of(moment(next)))),
                        () -> facts.add(new Fact(
                                "Next run",
                                "no schedule: the service looks for files all the time",
                                Optional.empty())));
        facts.add(memory.unshipped()
                .map(left -> new Fact("Not shipped", unshipped(left), Optional.of(moment(left.since()))))
                .orElse(new Fact(
                        "Not shipped",
                        report.last(Verb.SHIP).isPresent() ? "nothing, after the last run" : "not known yet",
                        Optional.empty())));
        memory.stock().ifPresent(stock -> {
            Amount all = stock.all();
            facts.add(new Fact(
                    "On the server",
                    "%s, %s".formatted(PageText.count(all.copies(), "copy", "copies"), PageText.size(all.bytes())),
                    Optional.of(moment(stock.counted()))));
        });
        report.verifiedRatio()
                .ifPresent(ratio -> facts.add(new Fact(
                        "Verified within %d days".formatted(JobReport.RECENT_DAYS),
                        "%d %% of the bytes on the server".formatted((int) Math.floor(ratio * 100)),
                        Optional.empty())));
        report.job().encryption().ifPresent(how -> facts.add(new Fact("Encrypted for", how.words(), Optional.empty())));
        memory.freeBytes()
                .ifPresent(free ->
                        facts.add(new Fact("Free space", PageText.size(free.value()), Optional.of(moment(free.at())))));
        memory.trash()
                .ifPresent(trash -> facts.add(new Fact(
                        "In the trash",
                        PageText.count(trash.value(), "folder", "folders"),
                        Optional.of(moment(trash.at())))));
        return facts;
    }

    private static String unshipped(JobMemory.Unshipped left) {
        String names = left.names().stream().limit(NAMES).map(PageText::visible).collect(Collectors.joining(", "));
        int more = left.count() - Math.min(NAMES, left.names().size());
        return "%s: %s%s"
                .formatted(
                        PageText.count(left.count(), "file", "files"),
                        names,
                        more > 0 ? " and %d more".formatted(more) : "");
    }

    private Run run(HistoryEntry run) {
        Tone tone =
                switch (run.result()) {
                    case OK -> Tone.GOOD;
                    case NOTHING -> Tone.NONE;
                    case FAILED -> Tone.BAD;
                    case REFUSED -> Tone.WARN;
                };
        long files = Math.max(0, run.files());
        boolean moved = run.bytes() > 0;
        return new Run(
                moment(run.at()),
                run.verb().word(),
                tone,
                run.result() == Result.NOTHING ? "nothing new" : run.result().word(),
                what(run, files),
                HumanTime.of(run.took()),
                moved && run.took().toMillis() > 0 ? PageText.size(run.speed()) + "/s" : "",
                PageText.visible(run.reason()));
    }

    private static String what(HistoryEntry run, long files) {
        String done = files == 0
                ? ""
                : run.verb() == Verb.PRUNE
                        ? PageText.count(files, "folder", "folders")
                        : PageText.count(files, "file", "files") + ", " + PageText.size(Math.max(0, run.bytes()));
        String failed = run.failed() > 0 ? PageText.number(run.failed()) + " failed" : "";
        return done.isEmpty() || failed.isEmpty() ? done + failed : done + "; " + failed;
    }

    private Moment moment(Instant at) {
        return Moment.of(at, report.now(), job.zone());
    }

    /** Other characters of the name as numbers, so that no two names have the same. */
    static String id(String name) {
        return name.codePoints()
                .mapToObj(c -> c < 128 && Character.isLetterOrDigit(c) ? Character.toString(c) : "-%x-".formatted(c))
                .collect(Collectors.joining("", "job-", ""));
    }

    /** As a shell takes it. */
    static String restore(String job) {
        // No shell takes NUL.
        String name = job.replace("\0", "");
        String word = ShellQuoting.isPlain(name) ? name : ShellQuoting.quote(name);
        String folder = ShellQuoting.isPlain(name) ? "restored/" + name : ShellQuoting.quote("restored/" + name);
        return PageText.visible(
                name.startsWith("-")
                        ? "offsite restore --to %s -- %s".formatted(folder, word)
                        : "offsite restore %s --to %s".formatted(word, folder));
    }
}
