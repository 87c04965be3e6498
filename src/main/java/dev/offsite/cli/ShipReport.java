package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.ship.ShipResult;
import dev.offsite.ship.Upload;
import dev.offsite.source.SourceScan.SourceFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Collects what a ship does to each file, for programs; docs/json.md lists the fields. */
final class ShipReport {

    private final List<JsonObject> jobs = new ArrayList<>();
    private final List<JsonObject> shipped = Collections.synchronizedList(new ArrayList<>());
    private final List<JsonObject> present = new ArrayList<>();

    /** A file was uploaded, verified and published. */
    void shipped(Upload copy) {
        JsonObject file =
                file(copy.name(), "shipped", copy.size(), copy.folder().path(), "");
        file.put("sha256", copy.sha256());
        file.put("verification", copy.verification().toString());
        shipped.add(file);
    }

    /** A file was found on the server, and verified there. */
    void present(Job job, SourceFile file) {
        present.add(file(file.below(job.source()), "present", file.size(), null, ""));
    }

    /** Ends a job. */
    void ended(Job job, ShipOnce.Outcome outcome) {
        ShipResult result = outcome.result();
        JsonArray files = new JsonArray();
        files.addAll(shipped);
        files.addAll(present);
        List<String> problems = new ArrayList<>();
        if (result.targetFailure() != null) {
            problems.add(result.targetFailure());
        }
        result.failures().forEach((name, reason) -> {
            // The source folder is named by its absolute path, what is in it is not.
            if (!name.startsWith("/")) {
                files.add(file(name, "failed", -1, null, reason));
            } else if (!problems.contains(reason)) {
                problems.add(reason);
            }
        });
        JsonObject object = Listing.json(job);
        object.put("shipped", result.shipped());
        object.put("present", present.size());
        object.put("failed", files.size() - shipped.size() - present.size());
        object.put("bytes", result.bytes());
        object.put("seconds", Math.round(result.nanos() / 1e6) / 1e3);
        object.put("folders", result.folders());
        object.put("problem", String.join("; ", problems));
        object.put("pruning", outcome.note());
        object.put("trouble", outcome.trouble());
        object.put("files", files);
        jobs.add(object);
        shipped.clear();
        present.clear();
    }

    void print() {
        JsonOutput.print("ship", fields(false, jobs));
    }

    static void print(List<ShipPreview.Plan> plans) {
        JsonOutput.print(
                "ship", fields(true, plans.stream().map(ShipReport::json).toList()));
    }

    private static Map<String, ?> fields(boolean dryRun, List<JsonObject> jobs) {
        JsonObject fields = new JsonObject();
        fields.put("dryRun", dryRun);
        fields.put("jobs", jobs);
        return fields;
    }

    private static JsonObject json(ShipPreview.Plan plan) {
        JsonObject object = Listing.json(plan.job());
        object.put("ready", plan.in(ShipPreview.State.READY).size());
        object.put("changing", plan.in(ShipPreview.State.CHANGING).size());
        object.put("failed", plan.in(ShipPreview.State.FAILED).size());
        object.put("leftOut", plan.in(ShipPreview.State.LEFT_OUT).size());
        object.put("bytes", plan.bytes());
        object.put("folders", plan.folders());
        object.put("problem", plan.problem());
        object.put("searches", plan.searches());
        object.put(
                "files",
                plan.files().stream()
                        .map(file -> file(
                                file.name(),
                                file.state().word(),
                                file.size(),
                                file.folder().isEmpty() ? null : file.folder(),
                                file.reason()))
                        .toList());
        return object;
    }

    /** {@code size}: negative if it is not known */
    private static JsonObject file(String name, String state, long size, String folder, String problem) {
        JsonObject file = new JsonObject();
        file.put("name", name);
        file.put("state", state);
        file.put("size", size < 0 ? null : size);
        file.put("folder", folder);
        file.put("problem", problem);
        return file;
    }
}
