package dev.offsite.cli;

import dev.offsite.catalog.DateSelector;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.component.OffsiteServices;
import dev.offsite.job.Job;
import dev.offsite.restore.FileSelection;
import dev.offsite.restore.Restorer;
import dev.offsite.scrub.ScrubResult;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offsite verify}: hashes some copies now. */
@Command(
        description =
                "Hashes the copies of a dated folder, or some of them, on the server again, and compares them with"
                        + " SHA256SUMS. Names what is damaged or missing; scrub repairs it.")
public final class VerifyCommand extends VerbCommand {

    @Mixin
    private RootFlags root;

    @Parameters(index = "0", arity = "0..1", paramLabel = "JOB", description = "The job, unless --root names a root.")
    private String job;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "[DATE] [FILE...]",
            hideParamSyntax = true,
            description =
                    "A dated folder (20260131, 2026-01-31 or latest, which is the default), then files of it: names,"
                            + " folders, or patterns with ?, * and **; all by default.")
    private List<String> words = List.of();

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        RootFlags.Named named = root.named(offsite, "verify", job, words);
        Configuration configuration = named.configuration();
        job = named.job();
        words = named.words();
        try (StateLock lock = StateLock.take(configuration.state(), "verify");
                CamelApplication routes = CamelApplication.startCommands(configuration)) {
            Job of = routes.services().jobs().get(job);
            int exitCode;
            try {
                exitCode = verify(routes.services(), of);
            } catch (Exception e) {
                return Failures.say(e, of);
            }
            routes.tell();
            return exitCode;
        }
    }

    private int verify(OffsiteServices services, Job of) throws Exception {
        JobCatalog catalog = services.catalog().of(job);
        boolean dated = !words.isEmpty() && DateSelector.is(of, words.get(0));
        DatedFolderRef place = new Restorer(catalog).place(dated ? Optional.of(words.get(0)) : Optional.empty());
        if (place.trash()) {
            throw new RestoreException("%s is in the trash (%s); bring it back first, with offsite prune --undo %s"
                    .formatted(place.name(), place.path(), place.day()));
        }
        Snapshot snapshot = catalog.read(place);
        if (!snapshot.listed()) {
            throw new RestoreException(
                    "%s: %s; nothing there says what its files should be".formatted(place.path(), snapshot.problem()));
        }
        List<SnapshotFile> listed = snapshot.items().stream()
                .filter(item -> item.state() != SnapshotFile.State.UNVERIFIED)
                .toList();
        List<SnapshotFile> chosen = FileSelection.of(listed, words.subList(dated ? 1 : 0, words.size()));
        ScrubResult result;
        try (Progress progress = Progress.of(offsite.showsProgress(), job, Progress.UNKNOWN)) {
            result = services.scrubber().verify(of, snapshot, chosen, progress);
        }
        if (json) {
            print(of, place, result);
        } else {
            ScrubCommand.lines(result).forEach(line -> offsite.say(line, result.clean()));
        }
        return ExitCode.of(result.problem() != null && result.problem().target(), result.clean());
    }

    private static void print(Job job, DatedFolderRef place, ScrubResult result) {
        JsonObject object = Listing.json(job);
        object.put("folder", place.name());
        object.put("path", place.path());
        object.putAll(ScrubCommand.json(result));
        JsonOutput.print("verify", object);
    }
}
