package dev.offsite.cli;

import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.owner.AcceptedRecipients;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offsite accept-recipients}: says that jobs may encrypt for whom they are configured to, or not at all. */
@Command(
        description =
                "Accepts who can read the copies of each job from now on, as encrypt-to says, also if that is everybody who"
                        + " can read them on the server. After a change, nothing is shipped until then.")
public final class AcceptRecipientsCommand extends VerbCommand {

    @Parameters(paramLabel = "JOB", arity = "1..*", description = "Names of jobs.")
    private List<String> names;

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = offsite.configuration();
        JobNames.check(configuration, names);
        // Without the lock: a service that waits for this goes on by itself.
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            List<JsonObject> results = new ArrayList<>();
            for (String name : names) {
                results.add(accept(
                        routes.services().recipients(), routes.services().jobs().get(name)));
            }
            if (json) {
                JsonOutput.printJobs("accept-recipients", results);
            }
            return ExitCode.OK;
        } catch (StateException e) {
            throw new CommandException(ExitCode.FAILED, e.getMessage());
        }
    }

    private JsonObject accept(AcceptedRecipients accepted, Job job) {
        Optional<List<String>> before = accepted.of(job);
        accepted.accept(job);
        List<String> now = AcceptedRecipients.configured(job);
        if (!json) {
            String was = before.map(AcceptRecipientsCommand::words).orElse("nothing was accepted yet");
            offsite.say("%s: from now on, %s; before, %s".formatted(job.name(), words(now), was), true);
        }
        JsonObject result = new JsonObject();
        result.put("job", job.name());
        result.put("recipients", now);
        result.put("before", before.orElse(List.of()));
        return result;
    }

    private static String words(List<String> recipients) {
        return recipients.isEmpty()
                ? "copies are not encrypted"
                : "%s can read the copies".formatted(String.join(", ", recipients));
    }
}
