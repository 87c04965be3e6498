package dev.offsite.cli;

import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.drill.DrillResult;
import dev.offsite.io.HumanTime;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;

/** Prints what is off-site, for people and for programs. docs/json.md describes the fields. */
record Listing(Clock clock) {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    /**
     * What is known of a job.
     *
     * @param snapshots all dated folders, newest first
     * @param emptiness what it means that there are none; empty if there are some
     * @param drill the last one
     */
    record Row(Job job, List<Snapshot> snapshots, String emptiness, Optional<DrillResult> drill) {

        /** The newest dated folder with verified copies. */
        Optional<Snapshot> newest() {
            return kept().stream().filter(g -> !g.copies().isEmpty()).findFirst();
        }

        private List<Snapshot> kept() {
            return snapshots.stream().filter(g -> !g.place().trash()).toList();
        }

        private long bytes() {
            return kept().stream().mapToLong(Snapshot::bytes).sum();
        }

        private long count(Snapshot.State state) {
            return snapshots.stream().filter(g -> g.state() == state).count();
        }
    }

    /** Some files of a dated folder. */
    record Matches(Snapshot snapshot, List<SnapshotFile> items) {}

    String jobs(List<Row> rows) {
        Table table = Table.forPeople("JOB", "NEWEST", ">AGE", ">FILES", ">SIZE", ">FOLDERS", ">TOTAL", "NOTE");
        for (Row row : rows) {
            Optional<Snapshot> newest = row.newest();
            table.row(
                    row.job().name(),
                    newest.map(g -> g.place().name()).orElse("-"),
                    newest.flatMap(Snapshot::arrived).map(this::age).orElse("-"),
                    newest.map(g -> String.valueOf(g.copies().size())).orElse("-"),
                    newest.map(g -> Text.size(g.bytes())).orElse("-"),
                    String.valueOf(row.kept().size()),
                    Text.size(row.bytes()),
                    note(row));
        }
        return table.text();
    }

    private String note(Row row) {
        List<String> notes = new ArrayList<>();
        if (row.kept().isEmpty()) {
            notes.add(Text.line(row.emptiness()));
        } else if (row.newest().isEmpty()) {
            boolean known = row.kept().stream().allMatch(snapshot -> snapshot.listed() || snapshot.isUnlisted());
            notes.add(known ? "nothing verified is off-site" : "no SHA256SUMS can be read");
        }
        for (Snapshot.State state : List.of(Snapshot.State.DAMAGED, Snapshot.State.UNVERIFIED, Snapshot.State.TRASH)) {
            if (row.count(state) > 0) {
                notes.add(row.count(state) + " " + state.word());
            }
        }
        row.drill()
                .map(drill -> "drill %s %s ago".formatted(drill.succeeded() ? "passed" : "FAILED", age(drill.at())))
                .ifPresent(notes::add);
        return String.join("; ", notes);
    }

    private String age(Instant then) {
        return age(Duration.between(then, clock.instant()));
    }

    /** How long ago something was: such as {@code 40 s}, {@code 12 min}, {@code 5 h}, {@code 3 d}; {@code 0 s} for the future. */
    static String age(Duration age) {
        return HumanTime.of(age);
    }

    static String folders(List<Snapshot> snapshots) {
        Table table = Table.forPeople("FOLDER", ">FILES", ">SIZE", "VERIFICATION", "STATE");
        for (Snapshot snapshot : snapshots) {
            table.row(
                    snapshot.place().name(),
                    String.valueOf(snapshot.copies().size()),
                    Text.size(snapshot.bytes()),
                    snapshot.verificationWord(),
                    state(snapshot));
        }
        return table.text();
    }

    static String state(Snapshot snapshot) {
        String problem = snapshot.problem().isEmpty() ? "" : ": " + snapshot.problem();
        return snapshot.state().word() + Text.line(problem);
    }

    static String files(Job job, List<SnapshotFile> items) {
        Table table = Table.forPeople(">SIZE", "MODIFIED", "VERIFICATION", "NAME");
        for (SnapshotFile item : items) {
            table.row(
                    size(item),
                    item.shownModified().map(at -> time(at, job.zone())).orElse("-"),
                    item.verificationWord(),
                    Text.line(item.shown()));
        }
        return table.text();
    }

    private static String size(SnapshotFile item) {
        return item.entry().isPresent() || item.plain().isPresent() ? Text.size(item.shownSize()) : "-";
    }

    /** Files of several dated folders. */
    static String matches(Job job, List<Matches> found) {
        Table table = Table.forPeople("FOLDER", ">SIZE", "MODIFIED", "VERIFICATION", "NAME");
        found.forEach(match -> match.items()
                .forEach(item -> table.row(
                        match.snapshot().place().name(),
                        size(item),
                        item.shownModified().map(at -> time(at, job.zone())).orElse("-"),
                        item.verificationWord(),
                        Text.line(item.shown()))));
        return table.text();
    }

    static String time(Instant at, ZoneId zone) {
        return TIME.format(at.atZone(zone));
    }

    static JsonObject jsonOfJobs(List<Row> rows) {
        return new JsonObject(Map.of("jobs", rows.stream().map(Listing::json).toList()));
    }

    private static JsonObject json(Row row) {
        JsonObject job = json(row.job());
        job.put("newest", row.newest().map(Listing::json).orElse(null));
        job.put("folders", row.kept().size());
        job.put("bytes", row.bytes());
        job.put("damaged", row.count(Snapshot.State.DAMAGED));
        job.put("unverified", row.count(Snapshot.State.UNVERIFIED));
        job.put("trash", row.count(Snapshot.State.TRASH));
        job.put("drill", row.drill().map(Listing::json).orElse(null));
        return job;
    }

    static JsonObject jsonOfFolders(Job job, List<Snapshot> snapshots) {
        JsonObject object = json(job);
        object.put("folders", snapshots.stream().map(Listing::json).toList());
        return object;
    }

    /** As {@link #jsonOfFolders}, with the files that were looked for. */
    static JsonObject jsonOfMatches(Job job, List<Matches> found) {
        JsonObject object = json(job);
        List<JsonObject> folders = new ArrayList<>();
        found.forEach(match -> {
            JsonObject folder = json(match.snapshot());
            folder.put("matches", match.items().stream().map(Listing::json).toList());
            folders.add(folder);
        });
        object.put("folders", folders);
        return object;
    }

    /** Makes the JSON of a file only when it is printed: a folder may have a hundred thousand. */
    static JsonObject jsonOfFiles(Job job, Snapshot snapshot, List<SnapshotFile> items) {
        JsonObject object = json(job);
        object.put("folder", json(snapshot));
        object.put("files", new AbstractList<JsonObject>() {
            @Override
            public JsonObject get(int i) {
                return json(items.get(i));
            }

            @Override
            public int size() {
                return items.size();
            }
        });
        return object;
    }

    /** The fields that say which job it is. */
    static JsonObject json(Job job) {
        JsonObject object = new JsonObject();
        object.put("job", job.name());
        object.put("target", job.target().toString());
        object.put("root", job.root());
        return object;
    }

    private static JsonObject json(Snapshot snapshot) {
        JsonObject object = new JsonObject();
        object.put("folder", snapshot.place().name());
        object.put("date", snapshot.place().date().toString());
        object.put("path", snapshot.place().path());
        object.put("state", snapshot.state().word());
        object.put("problem", snapshot.problem());
        object.put("files", snapshot.copies().size());
        object.put("bytes", snapshot.bytes());
        object.put("modified", snapshot.newest().map(Instant::toString).orElse(null));
        object.put("arrived", snapshot.arrived().map(Instant::toString).orElse(null));
        object.put("verification", snapshot.verificationWord());
        object.put("encrypted", snapshot.encrypted());
        object.put("recipients", snapshot.recipients().orElse(null));
        return object;
    }

    private static JsonObject json(SnapshotFile item) {
        JsonObject object = new JsonObject();
        object.put("name", item.shown());
        object.put("copy", item.name());
        object.put("size", item.entry().isPresent() || item.plain().isPresent() ? item.shownSize() : null);
        object.put("modified", item.shownModified().map(Instant::toString).orElse(null));
        object.put("state", item.state().word());
        object.put("sha256", item.shownSha256().orElse(null));
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
