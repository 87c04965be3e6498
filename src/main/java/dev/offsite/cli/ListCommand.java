package dev.offsite.cli;

import dev.offsite.age.AgeIdentities;
import dev.offsite.catalog.DateSelector;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.io.Clocks;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.openssh.Surroundings;
import dev.offsite.owner.AcceptedRecipients;
import dev.offsite.restore.FileSelection;
import dev.offsite.restore.Restorer;
import dev.offsite.sftp.RemotePath;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offsite list}: lists what is off-site. */
@Command(description = "Lists what is off-site: all jobs, the dated folders of one, or the files of one folder.")
public final class ListCommand extends VerbCommand {

    enum Order {
        size,
        time,
        name;

        /** Equal ones are in the order of their names. */
        <T> Comparator<T> by(ToLongFunction<T> size, Function<T, Instant> time, Function<T, String> name) {
            Comparator<T> order =
                    switch (this) {
                        case size -> Comparator.comparingLong(size).reversed();
                        case time -> Comparator.comparing(time).reversed();
                        case name -> Comparator.comparing(name);
                    };
            return order.thenComparing(name);
        }
    }

    @Mixin
    private TargetResolver target;

    @Mixin
    private RootFlags root;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "JOB",
            description = {
                "A job; all by default. Or whatever lies on a server at user@host:/path, sftp://user@host:port/path,",
                "or sftp:/path on the server that the configuration or SSH_HOST names."
            })
    private String job;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "[DATE] [FILE...]",
            hideParamSyntax = true,
            description = {
                "A dated folder of it (20260131, 2026-01-31 or latest), or those of a month (2026-01) or a year; then",
                "files: names, folders, or patterns with ?, * and **. Files without a date are looked for in all folders."
            })
    private List<String> words = List.of();

    @Mixin
    private IdentityOptions identity;

    private Optional<AgeIdentities> identities = Optional.empty();

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            defaultValue = "name",
            description =
                    "Files by ${COMPLETION-CANDIDATES}: the largest, the newest, or the first of the alphabet first.")
    private Order order;

    @Option(names = "--json", description = "Print it for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        identities = identity.read(offsite);
        boolean ofRoot = root.given(offsite, "list");
        if (!ofRoot && job != null && isPlace()) {
            return remote();
        }
        Configuration configuration;
        if (ofRoot || job != null) {
            RootFlags.Named named = root.named(offsite, "list", job, words);
            configuration = named.configuration();
            job = named.job();
            words = named.words();
        } else {
            configuration = offsite.configuration();
        }
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            if (job == null) {
                return jobs(routes, configuration.jobs());
            }
            try {
                JobCatalog catalog = routes.services().catalog().of(job);
                return list(
                        catalog,
                        new AcceptedRecipients(routes.services().sources().state()));
            } catch (Exception e) {
                return Failures.say(e, routes.services().jobs().get(job));
            }
        }
    }

    /** Any name may be that of a job, except for those that were always paths. */
    private boolean isPlace() {
        return RemotePlace.isLikely(job)
                && (job.startsWith(RemotePath.SCHEME)
                        || !offsite.anyConfiguration(Surroundings.ofThisProcess())
                                .jobs()
                                .contains(job));
    }

    private int remote() {
        if (!words.isEmpty()) {
            throw new CommandException("list %s: one path, please, and no '%s'".formatted(job, words.get(0)));
        }
        RemotePlace place = PathArguments.remote(job);
        TargetResolver.Chosen chosen = target.choose(offsite, "list", place);
        try (CamelApplication routes = CamelApplication.look(chosen.configuration())) {
            Job any = chosen.jobs().apply(routes.services().jobs()).get(0);
            return new RemoteListing(routes, any.target()).print(place.path().path(), order, json, System.out);
        }
    }

    private int jobs(CamelApplication routes, List<String> names) throws Exception {
        List<Listing.Row> rows = new ArrayList<>();
        int exitCode = ExitCode.worst(names, name -> {
            Job one = routes.services().jobs().get(name);
            try {
                JobCatalog catalog = routes.services().catalog().of(name);
                List<Snapshot> snapshots = read(catalog, catalog.places());
                boolean none =
                        snapshots.stream().allMatch(snapshot -> snapshot.place().trash());
                rows.add(new Listing.Row(
                        one,
                        snapshots,
                        none ? catalog.emptiness() : "",
                        routes.services().drillLog().last(name)));
                return ExitCode.OK;
            } catch (Exception e) {
                return Failures.say(e, one);
            }
        });
        if (json) {
            JsonOutput.print("list", Listing.jsonOfJobs(rows));
        } else if (!rows.isEmpty()) {
            System.out.print(new Listing(Clocks.of(routes.context())).jobs(rows));
        }
        return exitCode;
    }

    private int list(JobCatalog catalog, AcceptedRecipients accepted) throws Exception {
        Job of = catalog.job();
        String first = words.isEmpty() ? "" : words.get(0);
        List<String> files = words.isEmpty() ? words : words.subList(1, words.size());
        boolean period = DateSelector.isPeriod(of, first);
        // What looks like a date and is none is a mistake, not the name of a file.
        if (!period && (DateSelector.is(of, first) || first.matches("[0-9]+(-[0-9]*)*"))) {
            return files(catalog, accepted, first, files);
        }
        List<DatedFolderRef> places = catalog.places();
        List<DatedFolderRef> chosen = period ? DateSelector.in(of, places, first) : places;
        List<String> patterns = period ? files : words;
        return patterns.isEmpty() ? folders(catalog, chosen) : matches(catalog, chosen, patterns);
    }

    private int folders(JobCatalog catalog, List<DatedFolderRef> places) throws Exception {
        List<Snapshot> snapshots = read(catalog, places);
        if (json) {
            JsonOutput.print("list", Listing.jsonOfFolders(catalog.job(), snapshots));
        } else if (snapshots.isEmpty()) {
            System.out.printf("%s: %s%n", job, catalog.emptiness());
        } else {
            System.out.print(Listing.folders(snapshots));
        }
        return ExitCode.OK;
    }

    /** The files that the patterns select, in several folders. */
    private int matches(JobCatalog catalog, List<DatedFolderRef> places, List<String> patterns) throws Exception {
        List<Listing.Matches> found = new ArrayList<>();
        Set<String> unknown = new LinkedHashSet<>(patterns);
        for (Snapshot snapshot : read(catalog, places)) {
            List<SnapshotFile> items = new ArrayList<>();
            for (String pattern : patterns) {
                List<SnapshotFile> fit = FileSelection.fitting(snapshot.files(), pattern);
                items.addAll(fit);
                if (!fit.isEmpty()) {
                    unknown.remove(pattern);
                }
            }
            if (!items.isEmpty()) {
                found.add(new Listing.Matches(
                        snapshot, sorted(items.stream().distinct().toList())));
            }
        }
        if (json) {
            JsonOutput.print("list", Listing.jsonOfMatches(catalog.job(), found));
        } else if (!found.isEmpty()) {
            System.out.print(Listing.matches(catalog.job(), found));
        }
        unknown.forEach(pattern -> Failures.say("%s: nothing in %s is called '%s'"
                .formatted(
                        job,
                        places.size() == 1 ? places.get(0).name() : places.size() + " dated folders",
                        Text.line(pattern))));
        return ExitCode.of(false, unknown.isEmpty());
    }

    /** With what is inside the copies, if it can be known. */
    private List<Snapshot> read(JobCatalog catalog, List<DatedFolderRef> places) throws IOException {
        List<Snapshot> snapshots = catalog.read(places);
        if (identities.isEmpty()) {
            return snapshots;
        }
        List<Snapshot> opened = new ArrayList<>();
        for (Snapshot snapshot : snapshots) {
            opened.add(catalog.open(snapshot, identities.get()));
        }
        return opened;
    }

    private List<SnapshotFile> sorted(List<SnapshotFile> items) {
        Comparator<SnapshotFile> by = order.by(
                SnapshotFile::shownSize, item -> item.shownModified().orElse(Instant.MIN), SnapshotFile::shown);
        return items.stream().sorted(by).toList();
    }

    private int files(JobCatalog catalog, AcceptedRecipients accepted, String date, List<String> patterns)
            throws Exception {
        DatedFolderRef place = new Restorer(catalog).place(Optional.of(date));
        Snapshot snapshot = read(catalog, List.of(place)).get(0);
        List<SnapshotFile> items = sorted(FileSelection.of(snapshot.files(), patterns));
        if (json) {
            JsonOutput.print("list", Listing.jsonOfFiles(catalog.job(), snapshot, items));
            return ExitCode.OK;
        }
        if (!items.isEmpty()) {
            System.out.print(Listing.files(catalog.job(), items));
        }
        if (items.isEmpty() || (patterns.isEmpty() && snapshot.state() != Snapshot.State.COMPLETE)) {
            String said = items.isEmpty() ? "nothing is in it, " : "";
            System.out.printf("%s %s: %s%s%n", job, place.name(), said, Listing.state(snapshot));
        }
        if (snapshot.encrypted() && patterns.isEmpty()) {
            System.out.printf(
                    "%s %s: %s%n", job, place.name(), EncryptedFolder.words(snapshot, accepted.of(catalog.job())));
        }
        return ExitCode.OK;
    }
}
