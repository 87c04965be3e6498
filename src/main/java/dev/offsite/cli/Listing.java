package dev.offsite.cli;

import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.drill.DrillResult;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonArray;
import org.apache.camel.util.json.JsonObject;

/** Prints what is off-site, for people and for programs. docs/json.md describes the fields. */
public final class Listing {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    private final Clock clock;

    Listing(Clock clock) {
        this.clock = clock;
    }

    /** What is known of a job: all dated folders, newest first, and the last drill. */
    record Row(Job job, List<Snapshot> generations, Optional<DrillResult> drill) {

        /** The newest dated folder with verified copies. */
        Optional<Snapshot> newest() {
            return kept().stream().filter(g -> !g.copies().isEmpty()).findFirst();
        }

        private List<Snapshot> kept() {
            return generations.stream().filter(g -> !g.place().trash()).toList();
        }

        private long bytes() {
            return kept().stream().mapToLong(Snapshot::bytes).sum();
        }

        private long count(Snapshot.State state) {
            return generations.stream().filter(g -> g.state() == state).count();
        }
    }

    String jobs(List<Row> rows) {
        Table table = Table.forPeople("JOB", "NEWEST", ">AGE", ">FILES", ">SIZE", ">FOLDERS", ">TOTAL", "NOTE");
        for (Row row : rows) {
            Optional<Snapshot> newest = row.newest();
            table.row(
                    row.job().name(),
                    newest.map(g -> g.place().name()).orElse("-"),
                    newest.flatMap(Snapshot::newest).map(this::age).orElse("-"),
                    newest.map(g -> String.valueOf(g.copies().size())).orElse("-"),
                    newest.map(g -> Text.size(g.bytes())).orElse("-"),
                    String.valueOf(row.kept().size()),
                    Text.size(row.bytes()),
                    note(row));
        }
        return table.text();
    }

    private String note(Row row) {
        StringBuilder note = new StringBuilder();
        if (row.newest().isEmpty()) {
            note.append("nothing verified is off-site; ");
        }
        for (Snapshot.State state : List.of(Snapshot.State.DAMAGED, Snapshot.State.UNVERIFIED, Snapshot.State.TRASH)) {
            if (row.count(state) > 0) {
                note.append(row.count(state)).append(' ').append(state.word()).append("; ");
            }
        }
        row.drill().ifPresent(drill -> note.append("drill ")
                .append(drill.succeeded() ? "passed" : "FAILED")
                .append(' ')
                .append(age(drill.at()))
                .append(" ago; "));
        return note.toString().replaceFirst("; $", "");
    }

    private String age(Instant then) {
        return HumanAge.of(Duration.between(then, clock.instant()));
    }

    static String folders(List<Snapshot> generations) {
        Table table = Table.forPeople("FOLDER", ">FILES", ">SIZE", "VERIFICATION", "STATE");
        for (Snapshot generation : generations) {
            table.row(
                    generation.place().name(),
                    String.valueOf(generation.copies().size()),
                    Text.size(generation.bytes()),
                    generation.verificationWord(),
                    state(generation));
        }
        return table.text();
    }

    static String state(Snapshot generation) {
        String problem = generation.problem().isEmpty() ? "" : ": " + generation.problem();
        return generation.state().word() + Text.line(problem);
    }

    static String files(Job job, List<SnapshotFile> items) {
        Table table = Table.forPeople(">SIZE", "MODIFIED", "VERIFICATION", "NAME");
        for (SnapshotFile item : items) {
            table.row(
                    item.entry().map(entry -> Text.size(entry.size())).orElse("-"),
                    item.modified().map(at -> time(at, job.zone())).orElse("-"),
                    item.verificationWord(),
                    Text.line(item.name()));
        }
        return table.text();
    }

    private static String time(Instant at, ZoneId zone) {
        return TIME.format(at.atZone(zone));
    }

    JsonObject jsonOfJobs(List<Row> rows) {
        JsonArray jobs = new JsonArray();
        for (Row row : rows) {
            JsonObject job = job(row.job());
            job.put("newest", row.newest().map(Listing::folder).orElse(null));
            job.put("folders", row.kept().size());
            job.put("bytes", row.bytes());
            job.put("damaged", row.count(Snapshot.State.DAMAGED));
            job.put("unverified", row.count(Snapshot.State.UNVERIFIED));
            job.put("trash", row.count(Snapshot.State.TRASH));
            job.put("drill", row.drill().map(Listing::json).orElse(null));
            jobs.add(job);
        }
        JsonObject all = new JsonObject();
        all.put("jobs", jobs);
        return all;
    }

    static JsonObject jsonOfFolders(Job job, List<Snapshot> generations) {
        JsonObject object = job(job);
        JsonArray folders = new JsonArray();
        generations.forEach(generation -> folders.add(folder(generation)));
        object.put("folders", folders);
        return object;
    }

    static JsonObject jsonOfFiles(Job job, Snapshot generation, List<SnapshotFile> items) {
        JsonObject object = job(job);
        object.put("folder", folder(generation));
        JsonArray files = new JsonArray();
        items.forEach(item -> files.add(json(item)));
        object.put("files", files);
        return object;
    }

    private static JsonObject job(Job job) {
        JsonObject object = new JsonObject();
        object.put("job", job.name());
        object.put("target", job.target().toString());
        object.put("root", job.root());
        return object;
    }

    private static JsonObject folder(Snapshot generation) {
        JsonObject object = new JsonObject();
        object.put("folder", generation.place().name());
        object.put("date", generation.place().date().toString());
        object.put("path", generation.place().path());
        object.put("state", generation.state().word());
        object.put("problem", generation.problem());
        object.put("files", generation.copies().size());
        object.put("bytes", generation.bytes());
        object.put("modified", generation.newest().map(Instant::toString).orElse(null));
        object.put("verification", generation.verificationWord());
        return object;
    }

    private static JsonObject json(SnapshotFile item) {
        JsonObject object = new JsonObject();
        object.put("name", item.name());
        object.put("size", item.entry().isPresent() ? item.size() : null);
        object.put("modified", item.modified().map(Instant::toString).orElse(null));
        object.put("state", item.state().word());
        object.put("sha256", item.sha256().orElse(null));
        object.put("verification", item.verification().map(Object::toString).orElse(null));
        object.put("verified", item.verified().map(Instant::toString).orElse(null));
        return object;
    }

    /** Without the job's name. */
    static JsonObject json(DrillResult drill) {
        JsonObject object = new JsonObject();
        object.put("at", drill.at().toString());
        object.put("passed", drill.succeeded());
        object.put("folder", drill.folder());
        object.put("files", drill.files());
        object.put("bytes", drill.bytes());
        object.put("problem", drill.problem());
        return object;
    }
}
