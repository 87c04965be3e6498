package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.prune.PruneCandidates.Details;
import dev.offsite.prune.Pruner;
import dev.offsite.retention.Decision;
import java.util.List;
import java.util.Locale;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/**
 * Prune results for programs: an array with an object for each job: {@code job}, {@code root}, {@code dryRun}, {@code
 * policy}, {@code refusals} (why nothing is pruned, or empty), {@code failed} (folder to reason), and {@code folders},
 * each with {@code folder}, {@code date} (ISO, or null), {@code action} ({@code keep}, {@code remove} or {@code
 * leave}), {@code reasons}, and after a dry run {@code size} (bytes), {@code files} and {@code verification}, each of
 * which may be null.
 */
public final class PruneJson implements PruneReport {

    private final boolean dryRun;
    private final JsonArray jobs = new JsonArray();

    PruneJson(boolean dryRun) {
        this.dryRun = dryRun;
    }

    @Override
    public void result(Job job, Pruner.Result result) {
        JsonArray folders = new JsonArray();
        for (Decision decision : result.plan().decisions()) {
            folders.add(folder(job, decision, result.details().get(decision.folder())));
        }
        JsonObject failed = new JsonObject();
        failed.putAll(result.failed());
        jobs.add(job(job, result.refusals(), failed, folders));
    }

    private JsonObject folder(Job job, Decision decision, Details details) {
        JsonObject folder = new JsonObject();
        folder.put("folder", decision.folder());
        folder.put(
                "date",
                job.folders().parse(decision.folder()).map(Object::toString).orElse(null));
        folder.put("action", decision.action().name().toLowerCase(Locale.ROOT));
        folder.put("reasons", new JsonArray(decision.reasons()));
        if (dryRun) {
            boolean size = details != null && details.size().isPresent();
            boolean files = details != null && details.files().isPresent();
            folder.put("size", size ? details.size().getAsLong() : null);
            folder.put("files", files ? details.files().getAsLong() : null);
            folder.put("verification", details == null ? null : details.verification());
        }
        return folder;
    }

    private JsonObject job(Job job, List<String> refusals, JsonObject failed, JsonArray folders) {
        JsonObject object = new JsonObject();
        object.put("job", job.name());
        object.put("root", job.root());
        object.put("dryRun", dryRun);
        object.put(
                "policy",
                job.pruning().never() ? "never pruned" : job.retention().toString());
        object.put("refusals", new JsonArray(refusals));
        object.put("failed", failed);
        object.put("folders", folders);
        return object;
    }

    @Override
    public void failed(Job job, String problem) {
        jobs.add(job(job, List.of(problem), new JsonObject(), new JsonArray()));
    }

    @Override
    public void end() {
        System.out.println(jobs.toJson());
    }
}
