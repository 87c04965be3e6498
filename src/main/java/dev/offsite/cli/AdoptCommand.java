package dev.offsite.cli;

import dev.offsite.age.AgeIdentities;
import dev.offsite.catalog.ContentRecovery;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.owner.RootMark;
import dev.offsite.sftp.FailureMessages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offsite adopt}: takes over the roots of jobs. */
@Command(
        description =
                "Marks the root of each job as belonging to this installation, whosever it was. Nobody else ships there"
                        + " after that, unless all of them share it. With --identity, it also learns what is inside encrypted copies, so"
                        + " that after a loss of the state they are not shipped again.")
public final class AdoptCommand extends VerbCommand {

    @Parameters(paramLabel = "JOB", arity = "1..*", description = "Names of jobs.")
    private List<String> names;

    @Mixin
    private IdentityOptions identity;

    private Optional<AgeIdentities> identities = Optional.empty();

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = offsite.configuration();
        JobNames.check(configuration, names);
        identities = identity.read(offsite);
        try (StateLock lock = StateLock.take(configuration.state(), "adopt");
                CamelApplication routes = CamelApplication.look(configuration)) {
            List<JsonObject> results = new ArrayList<>();
            int exitCode = ExitCode.worst(names, name -> adopt(routes, name, results));
            if (json) {
                JsonOutput.printJobs("adopt", results);
            }
            return exitCode;
        }
    }

    private int adopt(CamelApplication routes, String name, List<JsonObject> results) {
        Job job = routes.services().jobs().get(name);
        JsonObject result = new JsonObject();
        result.put("job", name);
        result.put("root", job.root());
        results.add(result);
        try {
            Optional<RootMark> before = routes.services()
                    .owners()
                    .adopt(job, routes.services().connections().to(job.target()).sessions());
            result.put("before", before.map(RootMark::words).orElse(""));
            result.put("problem", "");
            if (!json) {
                String owner =
                        before.map(mark -> "it belonged to " + mark.words()).orElse("it was not marked");
                offsite.say(
                        "%s: %s on %s is yours now; before, %s".formatted(name, job.root(), job.target(), owner), true);
            }
            return identities.isEmpty()
                    ? ExitCode.OK
                    : recover(routes.services().catalog().of(name), result);
        } catch (IOException e) {
            FailureMessages problem = FailureMessages.of(e, job);
            result.putIfAbsent("before", "");
            result.put("problem", problem.message());
            return Failures.say(problem, job);
        }
    }

    private int recover(JobCatalog catalog, JsonObject result) throws IOException {
        String name = catalog.job().name();
        ContentRecovery recovered = ContentRecovery.of(catalog, identities.orElseThrow());
        result.put("recognized", recovered.copies());
        if (!json) {
            offsite.say(
                    "%s: %s in %d dated folders can be recognised again"
                            .formatted(name, Text.files(recovered.copies()), recovered.folders()),
                    true);
        }
        recovered.problems().forEach(problem -> Failures.say(name + ": " + Text.line(problem)));
        if (!recovered.problems().isEmpty()) {
            result.put("problem", recovered.problems().get(0));
        }
        return ExitCode.of(false, recovered.problems().isEmpty());
    }
}
