package dev.offsite.cli;

import dev.offsite.history.HistoryEntry;
import dev.offsite.io.HumanTime;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.retention.Within;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code offsite history}: what ran. */
@Command(
        description =
                "Lists what ran: each ship, prune, scrub, drill and restore, how it ended, and why it failed. Logs in"
                        + " nowhere, and works while a service runs.")
public final class HistoryCommand extends VerbCommand {

    @Mixin
    private JobNames jobs;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "30d",
            description = "From when on: a period such as 30d, 8w or 6m, or a day such as 2026-01-31 (default: 30d).")
    private String since;

    @Option(names = "--json", description = "Print it for programs; docs/json.md has the fields.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private record Row(Job job, HistoryEntry run) {}

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration();
        List<String> names = jobs.in(configuration);
        try (LocalState local = LocalState.of(configuration)) {
            List<Row> rows = new ArrayList<>();
            for (String name : names) {
                Job job = local.jobs().get(name);
                Instant from = from(local.reader().clock(), job.zone());
                local.history().since(name, from).forEach(run -> rows.add(new Row(job, run)));
            }
            rows.sort(Comparator.comparing(row -> row.run().at()));
            print(rows);
            return ExitCode.OK;
        }
    }

    private Instant from(Clock clock, ZoneId zone) {
        try {
            if (since.contains("-")) {
                return LocalDate.parse(since).atStartOfDay(zone).toInstant();
            }
            return clock.instant()
                    .atZone(zone)
                    .minus(Within.parse(since).period())
                    .toInstant();
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--since: '%s' is neither a period such as 30d, 8w or 6m nor a day such as 2026-01-31"
                            .formatted(Text.line(since)),
                    e);
        }
    }

    private void print(List<Row> rows) {
        if (json) {
            JsonArray runs = new JsonArray();
            rows.forEach(row -> runs.add(row.run().json()));
            JsonObject object = new JsonObject();
            object.put("runs", runs);
            JsonOutput.print("history", object);
            return;
        }
        if (rows.isEmpty()) {
            System.out.println("nothing ran since " + since);
            return;
        }
        Table table =
                Table.forPeople("TIME", "JOB", "RUN", "RESULT", ">FILES", ">SIZE", ">TOOK", ">SPEED", "FOLDERS", "WHY");
        for (Row row : rows) {
            HistoryEntry run = row.run();
            table.row(
                    Listing.time(run.at(), row.job().zone()),
                    run.job(),
                    run.verb().word(),
                    run.result() == HistoryEntry.Result.FAILED
                            ? "FAILED"
                            : run.result().word(),
                    String.valueOf(run.files()),
                    run.bytes() == 0 ? "-" : Text.size(run.bytes()),
                    HumanTime.of(run.took()),
                    run.bytes() == 0 ? "-" : Text.size(run.speed()) + "/s",
                    Text.line(String.join(" ", run.folders())),
                    Text.line(run.reason()));
        }
        System.out.print(table.text());
    }
}
