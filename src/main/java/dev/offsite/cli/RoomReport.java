package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.prune.RoomMaker;
import dev.offsite.prune.RoomMaker.Deleted;
import dev.offsite.sftp.SftpSession.Space;
import org.apache.camel.util.json.JsonObject;

/** What {@code offsite prune --make-room} did. */
public final class RoomReport {

    private RoomReport() {}

    /** A line for each folder, then a summary. */
    static String text(Job job, boolean dryRun, RoomMaker.Result result) {
        String name = job.name();
        if (result.needed().files() == 0) {
            return name + ": no file is known that did not fit on the server; nothing was deleted\n";
        }
        Table table = new Table(false, "", "", "", "");
        for (Deleted one : result.deleted()) {
            String what = (dryRun ? "would be deleted: " : "deleted: ") + one.reason();
            table.row(name, Text.line(one.path()), Text.size(one.bytes()), what);
        }
        result.failed().forEach((path, reason) -> table.row(name, Text.line(path), "-", "NOT deleted: " + reason));
        String needed = "%s of the last ship did not fit (%s)"
                .formatted(
                        Text.files(result.needed().files()),
                        Text.size(result.needed().bytes()));
        String free = result.free()
                .map(space -> ", %s free on the server".formatted(Text.size(space.bytes())))
                .orElse("");
        String now = result.fits()
                ? (dryRun ? "this would make room" : "there is room now: offsite ship " + name)
                : "there is too little room, and nothing more may go: have the job keep fewer folders, or make room by hand";
        return table.rows() + "%s: %s%s; %s%n".formatted(name, needed, free, now);
    }

    static JsonObject json(Job job, boolean dryRun, RoomMaker.Result result) {
        JsonObject object = new JsonObject();
        object.put("job", job.name());
        object.put("root", job.root());
        object.put("dryRun", dryRun);
        object.put("needed", result.needed().bytes());
        object.put("free", result.free().map(Space::bytes).orElse(null));
        object.put("fits", result.fits());
        object.put("refusals", result.refusals());
        object.put("failed", result.failed());
        object.put(
                "deleted",
                result.deleted().stream()
                        .map(one -> {
                            JsonObject folder = new JsonObject();
                            folder.put("path", one.path());
                            folder.put("bytes", one.bytes());
                            folder.put("reason", one.reason());
                            return folder;
                        })
                        .toList());
        return object;
    }
}
