package dev.offsite.cli;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.HumanTime;
import dev.offsite.io.Text;
import dev.offsite.notify.Untold;
import dev.offsite.status.JobReport;
import dev.offsite.status.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The status of jobs for people: a row for each job, then a line for each trouble. */
final class StatusTable {

    private static final String UNKNOWN = "-";

    private StatusTable() {}

    static String of(List<JobReport> reports) {
        Table table = Table.forPeople(
                "JOB",
                "VERIFIED",
                "MAX AGE",
                "LAST RUN",
                "NOT SHIPPED",
                "DEBTS",
                ">COPIES",
                ">SIZE",
                ">VERIFIED IN %d D".formatted(JobReport.RECENT_DAYS),
                ">TRASH",
                ">FREE",
                "NEXT RUN");
        StringBuilder troubles = new StringBuilder();
        for (JobReport report : reports) {
            table.row(
                    report.name(),
                    report.age().map(StatusTable::ago).orElse("never"),
                    report.job().maxAge().map(HumanTime::of).orElse(UNKNOWN),
                    report.lastRun().map(run -> lastRun(run, report)).orElse("none yet"),
                    report.memory()
                            .unshipped()
                            .map(left -> "%s, %s".formatted(Text.files(left.count()), since(left.since(), report)))
                            .orElse("nothing"),
                    report.debts().isEmpty()
                            ? "none"
                            : String.valueOf(report.debts().size()),
                    report.memory()
                            .stock()
                            .map(stock -> "" + stock.all().copies())
                            .orElse(UNKNOWN),
                    report.memory()
                            .stock()
                            .map(stock -> Text.size(stock.all().bytes()))
                            .orElse(UNKNOWN),
                    ratio(report),
                    report.memory().trash().map(seen -> "" + seen.value()).orElse(UNKNOWN),
                    report.memory()
                            .freeBytes()
                            .map(seen -> Text.size(seen.value()))
                            .orElse(UNKNOWN),
                    report.next()
                            .map(at -> Listing.time(at, report.job().zone()))
                            .orElse(UNKNOWN));
            report.job()
                    .encryption()
                    .ifPresent(how -> troubles.append(
                            "%s: encrypted; %s can read the copies%n".formatted(report.name(), how.words())));
            report.troubles().forEach(trouble -> troubles.append(line(trouble, report)));
            if (report.untried() && !report.has(Trouble.Kind.STALE)) {
                troubles.append("%s: no copy was ever verified; to ship: offsite ship %s%n"
                        .formatted(report.name(), report.name()));
            }
        }
        return table.text() + troubles;
    }

    /** A line for each receiver of notifications that cannot be reached. */
    static String untold(List<Untold> untold) {
        return untold.stream()
                .map(one -> "%s: not told%s since %s: %s%n"
                        .formatted(
                                Text.line(one.receiver()),
                                one.messages() == 0
                                        ? ""
                                        : one.messages() == 1
                                                ? " of 1 message"
                                                : " of %d messages".formatted(one.messages()),
                                one.since(),
                                Text.line(one.reason())))
                .collect(Collectors.joining());
    }

    private static String ago(Duration age) {
        return HumanTime.of(age) + " ago";
    }

    private static String since(Instant since, JobReport report) {
        return "for " + HumanTime.of(Duration.between(since, report.now()));
    }

    private static String lastRun(HistoryEntry run, JobReport report) {
        String verb = run.verb() == Verb.SHIP ? "" : run.verb().word() + " ";
        String result =
                switch (run.result()) {
                    case OK -> "ok";
                    case NOTHING -> "nothing new";
                    case FAILED -> "FAILED";
                    case REFUSED -> "refused";
                };
        return "%s%s, %s".formatted(verb, result, ago(Duration.between(run.at(), report.now())));
    }

    private static String ratio(JobReport report) {
        return report.verifiedRatio().isPresent()
                ? "%d%%".formatted((int) Math.floor(report.verifiedRatio().getAsDouble() * 100))
                : UNKNOWN;
    }

    private static String line(Trouble trouble, JobReport report) {
        boolean said = trouble.command().isEmpty() || trouble.text().contains(trouble.command());
        return "%s: %s: %s (%s)%s%n"
                .formatted(
                        trouble.job(),
                        trouble.kind().word().toUpperCase(Locale.ROOT),
                        Text.line(trouble.text()),
                        since(trouble.since(), report),
                        said ? "" : "; run: " + trouble.command());
    }
}
