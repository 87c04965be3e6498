package dev.offsite.cli;

import dev.offsite.age.AgeIdentities;
import dev.offsite.drill.Drills;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code offsite drill}: rehearses a restore. */
@Command(
        description =
                "Rehearses a restore: brings some copies of a verified dated folder, chosen by chance, to a temporary"
                        + " place, verifies them, runs drill-command on them, and removes them.")
public final class DrillCommand extends VerbCommand {

    private static final String SEALED =
            "%s: its copies are encrypted, and were compared with their hashes only; --identity FILE decrypts them, too";

    private final List<JsonObject> results = new ArrayList<>();
    private Optional<AgeIdentities> identities = Optional.empty();

    @Mixin
    private JobNames jobs;

    @Option(
            names = "--files",
            paramLabel = "N",
            defaultValue = "" + Drills.MOST_FILES,
            description = "Take N files at most; offsite.drill.budget bounds their bytes.")
    private int files;

    @Mixin
    private IdentityOptions identity;

    @Option(names = "--json", description = "Print the results for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if (files < 1) {
            throw new CommandException("--files must be 1 or more");
        }
        Configuration configuration = offsite.configuration();
        identities = identity.read(offsite);
        List<String> names = jobs.in(configuration);
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            int exitCode = ExitCode.worst(names, job -> drill(routes, job));
            if (json) {
                JsonOutput.printJobs("drill", results);
            }
            routes.tell();
            return exitCode;
        }
    }

    private Drills.Outcome rehearse(CamelApplication routes, String job) throws Drills.Busy, IOException {
        try (Progress progress = Progress.of(offsite.showsProgress(), job, Progress.UNKNOWN)) {
            return routes.services().drills().run(job, files, identities, progress);
        }
    }

    private int drill(CamelApplication routes, String job) throws Exception {
        try {
            Drills.Outcome outcome = rehearse(routes, job);
            JsonObject result = new JsonObject();
            result.put("job", job);
            result.putAll(Listing.json(outcome.result()));
            result.put("sealed", outcome.sealed());
            results.add(result);
            if (!json) {
                offsite.say(outcome.result().summary(), outcome.result().succeeded());
                if (outcome.sealed()) {
                    offsite.say(SEALED.formatted(job), true);
                }
            }
            return ExitCode.of(outcome.target(), outcome.result().succeeded());
        } catch (Drills.Busy e) {
            Failures.say(e.getMessage());
            return ExitCode.BUSY;
        }
    }
}
