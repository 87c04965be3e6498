package dev.offsite.cli;

import dev.offsite.drill.Drills;
import java.util.concurrent.Callable;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code offsite drill}: rehearses a restore. */
@Command(
        name = "drill",
        description =
                "Rehearses a restore: brings some copies of a verified dated folder, chosen by chance, to a temporary"
                        + " place, verifies them, runs drill-command on them, and removes them.",
        mixinStandardHelpOptions = true)
public final class DrillCommand implements Callable<Integer> {

    @ParentCommand
    private Offsite offsite;

    @Mixin
    private JobNames jobs;

    @Option(
            names = "--files",
            paramLabel = "N",
            defaultValue = "" + Drills.MOST_FILES,
            description = "Take N files at most; offsite.drill.budget bounds their bytes.")
    private int files;

    @Option(names = "--json", description = "Print the results for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (files < 1) {
            throw new CommandException(ExitCode.CONFIGURATION, java.util.List.of("--files must be 1 or more"));
        }
        Configuration configuration = offsite.configurationWithoutSources();
        var names = jobs.in(configuration);
        int exitCode = ExitCode.OK;
        JsonArray results = new JsonArray();
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            for (String job : names) {
                exitCode = ExitCode.worst(exitCode, drill(routes, job, results));
            }
        }
        if (json) {
            JsonObject all = new JsonObject();
            all.put("jobs", results);
            System.out.println(all.toJson());
        }
        return exitCode;
    }

    private int drill(CamelApplication routes, String job, JsonArray results) throws Exception {
        try {
            Drills.Outcome outcome = routes.services().drills().run(job, files);
            JsonObject result = new JsonObject();
            result.put("job", job);
            result.putAll(Listing.json(outcome.result()));
            results.add(result);
            if (!json) {
                System.out.println(outcome.result().summary());
            }
            if (outcome.target()) {
                return ExitCode.TARGET;
            }
            return outcome.result().succeeded() ? ExitCode.OK : ExitCode.FAILED;
        } catch (Drills.Busy e) {
            System.err.println("offsite: " + e.getMessage());
            return ExitCode.BUSY;
        }
    }
}
