package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.prune.PruneCandidates.Details;
import dev.offsite.prune.Pruner;
import dev.offsite.retention.Decision;
import dev.offsite.sftp.FailureMessages;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.camel.util.json.JsonObject;

/** Prune results for programs: an object for each job. docs/json.md lists the fields. */
public final class PruneJson {

    private PruneJson() {}

    static JsonObject of(Job job, boolean dryRun, Pruner.Result result) {
        List<JsonObject> folders = result.plan().decisions().stream()
                .map(decision -> {
                    JsonObject folder = folder(job, decision);
                    if (dryRun) {
                        addDetails(folder, result.details().get(decision.folder()));
                    }
                    return folder;
                })
                .toList();
        return job(job, dryRun, result.refusals(), result.failed(), folders);
    }

    /** For a job that could not be pruned at all. */
    static JsonObject of(Job job, boolean dryRun, FailureMessages problem) {
        return job(job, dryRun, List.of(problem.message()), Map.of(), List.of());
    }

    private static JsonObject folder(Job job, Decision decision) {
        JsonObject folder = new JsonObject();
        folder.put("folder", decision.folder());
        folder.put(
                "date",
                job.folders().parse(decision.folder()).map(Object::toString).orElse(null));
        folder.put("action", decision.action().name().toLowerCase(Locale.ROOT));
        folder.put("reasons", decision.reasons());
        return folder;
    }

    private static void addDetails(JsonObject folder, Details details) {
        folder.put("size", details == null ? null : known(details.size()));
        folder.put("files", details == null ? null : known(details.files()));
        folder.put("verification", details == null ? null : details.verification());
    }

    private static Long known(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static JsonObject job(
            Job job, boolean dryRun, List<String> refusals, Map<String, String> failed, List<JsonObject> folders) {
        JsonObject object = new JsonObject();
        object.put("job", job.name());
        object.put("root", job.root());
        object.put("dryRun", dryRun);
        object.put(
                "policy",
                job.pruning().never() ? "never pruned" : job.retention().toString());
        object.put("refusals", refusals);
        object.put("failed", failed);
        object.put("folders", folders);
        return object;
    }
}
