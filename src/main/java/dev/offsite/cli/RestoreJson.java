package dev.offsite.cli;

import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.job.Job;
import dev.offsite.restore.RestorePlan;
import dev.offsite.restore.RestoreResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.util.json.JsonObject;

/** The result of a restore, for programs; docs/json.md lists the fields. */
public final class RestoreJson {

    private RestoreJson() {}

    /** For a restore that finished. */
    static JsonObject of(
            Job job, DatedFolderRef place, List<SnapshotFile> items, RestorePlan plan, RestoreResult restored) {
        Set<SnapshotFile> fetched = new HashSet<>(plan.fetch());
        JsonObject object = Listing.json(job);
        object.put("folder", place.name());
        object.put("path", restored.from());
        object.put("destination", restored.to().toString());
        object.put("restored", restored.files());
        object.put("present", restored.already());
        object.put("failed", restored.failed().size());
        object.put("unverified", restored.unverified());
        object.put("bytes", restored.bytes());
        object.put("seconds", Math.round(restored.nanos() / 1e6) / 1e3);
        object.put("problem", restored.targetFailure());
        List<JsonObject> files = new ArrayList<>();
        items.forEach(item -> files.add(file(item, fetched.contains(item), restored)));
        object.put("files", files);
        return object;
    }

    /** For a restore that did not start. */
    static JsonObject of(Job job, String problem) {
        JsonObject object = Listing.json(job);
        for (String unknown : List.of("folder", "path", "destination")) {
            object.put(unknown, null);
        }
        for (String count : List.of("restored", "present", "failed", "unverified", "bytes", "seconds")) {
            object.put(count, 0);
        }
        object.put("problem", problem);
        object.put("files", List.of());
        return object;
    }

    private static JsonObject file(SnapshotFile item, boolean fetched, RestoreResult restored) {
        String problem = restored.failed().get(item.shown());
        JsonObject file = new JsonObject();
        file.put("name", item.shown());
        file.put("state", problem != null ? "failed" : fetched ? "restored" : "present");
        file.put("size", item.entry().isPresent() ? item.shownSize() : null);
        file.put("sha256", problem != null ? null : item.shownSha256().orElse(null));
        file.put("problem", problem == null ? "" : problem);
        return file;
    }
}
