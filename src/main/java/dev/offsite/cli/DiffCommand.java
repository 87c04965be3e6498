package dev.offsite.cli;

import dev.offsite.age.AgeIdentities;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.FolderDiff;
import dev.offsite.catalog.FolderDiff.Change;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.Snapshot;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.restore.Opening;
import dev.offsite.restore.Restorer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offsite diff}: compares two dated folders. */
@Command(
        description =
                "Says which files were added, removed or changed from one dated folder of a job to another, as their"
                        + " SHA256SUMS say. Downloads and hashes nothing; verify does that.")
public final class DiffCommand extends VerbCommand {

    private static final String DATE = "A dated folder: its name, such as 20260131, its day as 2026-01-31, or latest.";

    @Parameters(index = "0", paramLabel = "JOB", description = "The job.")
    private String job;

    @Parameters(index = "1", paramLabel = "DATE", description = DATE)
    private String from;

    @Parameters(index = "2", paramLabel = "DATE", description = "The other one.")
    private String to;

    @Mixin
    private IdentityOptions identity;

    @Option(names = "--json", description = "Print it for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration();
        JobNames.check(configuration, List.of(job));
        Optional<AgeIdentities> identities = identity.read(offsite);
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            Job of = routes.services().jobs().get(job);
            try {
                return diff(routes.services().catalog().of(job), identities);
            } catch (Exception e) {
                return Failures.say(e, of);
            }
        }
    }

    private int diff(JobCatalog catalog, Optional<AgeIdentities> identities) throws Exception {
        Restorer restorer = new Restorer(catalog);
        List<DatedFolderRef> places = catalog.places();
        DatedFolderRef before = restorer.place(places, Optional.of(from));
        DatedFolderRef after = restorer.place(places, Optional.of(to));
        List<Snapshot> snapshots = new ArrayList<>();
        for (Snapshot read : catalog.read(Stream.of(before, after).distinct().toList())) {
            snapshots.add(
                    identities.isPresent() ? Opening.with(identities).open(catalog, read) : catalog.openFromHere(read));
        }
        FolderDiff diff = FolderDiff.of(snapshots.get(0), snapshots.get(snapshots.size() - 1));
        if (json) {
            print(catalog.job(), before, after, diff);
        } else {
            print(before, after, diff);
        }
        return ExitCode.OK;
    }

    private void print(DatedFolderRef before, DatedFolderRef after, FolderDiff diff) {
        for (Change change : diff.changes()) {
            System.out.println(line(change));
        }
        List<String> parts = new ArrayList<>();
        for (FolderDiff.Kind kind : FolderDiff.Kind.values()) {
            long count = diff.count(kind);
            if (count > 0) {
                parts.add(Text.files(count) + " " + kind.word());
            }
        }
        parts.add(Text.files(diff.same()) + (parts.isEmpty() ? ", no difference" : " the same"));
        System.out.printf("%s: %s, from %s to %s%n", job, String.join(", ", parts), before.name(), after.name());
    }

    private static String line(Change change) {
        String name = Text.line(change.name());
        return switch (change.kind()) {
            case ADDED -> "+  %s (%s)".formatted(name, size(change.sizeAfter()));
            case REMOVED -> "-  %s (%s)".formatted(name, size(change.sizeBefore()));
            case CHANGED -> "M  %s (%s, was %s)".formatted(name, size(change.sizeAfter()), size(change.sizeBefore()));
        };
    }

    private static String size(Long size) {
        return size == null ? "missing" : Text.size(size);
    }

    private static void print(Job job, DatedFolderRef before, DatedFolderRef after, FolderDiff diff) {
        JsonObject object = Listing.json(job);
        object.put("from", before.name());
        object.put("to", after.name());
        for (FolderDiff.Kind kind : FolderDiff.Kind.values()) {
            object.put(kind.word(), diff.count(kind));
        }
        object.put("same", diff.same());
        object.put("files", diff.changes().stream().map(DiffCommand::json).toList());
        JsonOutput.print("diff", object);
    }

    private static JsonObject json(Change change) {
        JsonObject object = new JsonObject();
        object.put("name", change.name());
        object.put("state", change.kind().word());
        object.put("sizeBefore", change.sizeBefore());
        object.put("sizeAfter", change.sizeAfter());
        object.put("sha256Before", change.sha256Before());
        object.put("sha256After", change.sha256After());
        return object;
    }
}
