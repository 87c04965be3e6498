package dev.offsite.cli;

import dev.offsite.notify.Untold;
import dev.offsite.status.JobReport;
import java.util.List;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code offsite status}: what is known here of each job. */
@Command(
        description =
                "Shows for each job how old its last verified copy is, how its last runs ended, and what is wrong."
                        + " Logs in nowhere, and works while a service runs. Ends with 1 if anything is wrong.")
public final class StatusCommand extends VerbCommand {

    @Mixin
    private JobNames jobs;

    @Option(names = "--json", description = "Print it for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration();
        List<String> names = jobs.in(configuration);
        try (LocalState local = LocalState.of(configuration)) {
            List<JobReport> reports = names.stream()
                    .map(local.jobs()::get)
                    .map(local.reader()::report)
                    .toList();
            List<Untold> untold = Untold.of(configuration.state().toString());
            if (json) {
                JsonArray objects = new JsonArray();
                reports.forEach(report -> objects.add(StatusJson.of(report)));
                JsonObject all = new JsonObject();
                all.put("jobs", objects);
                all.put("untold", StatusJson.of(untold));
                JsonOutput.print("status", all);
            } else {
                System.out.print(StatusTable.of(reports) + StatusTable.untold(untold));
            }
            boolean well = reports.stream().allMatch(JobReport::well) && untold.isEmpty();
            return well ? ExitCode.OK : ExitCode.FAILED;
        }
    }
}
