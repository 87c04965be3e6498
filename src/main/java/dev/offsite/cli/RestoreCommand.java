package dev.offsite.cli;

import dev.offsite.age.AgeIdentities;
import dev.offsite.catalog.DateSelector;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.component.OffsiteServices;
import dev.offsite.download.Downloads;
import dev.offsite.job.Job;
import dev.offsite.restore.EncryptedException;
import dev.offsite.restore.Opening;
import dev.offsite.restore.RestorePlan;
import dev.offsite.restore.RestoreResult;
import dev.offsite.restore.Restorer;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.status.Observation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code offsite restore}: restores copies. */
@Command(
        description =
                "Brings a dated folder back, or some files of it, and verifies each as it arrives. Run again, it goes on"
                        + " where it was cut.")
public final class RestoreCommand extends VerbCommand {

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

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description = "The folder to restore to; made if it is missing.")
    private Path to;

    @Option(names = "--overwrite", description = "Replace other files that are in the way.")
    private boolean overwrite;

    @Option(
            names = "--unverified",
            description = "Also restore what no SHA256SUMS vouches for, or one that was rewritten.")
    private boolean unverified;

    @Mixin
    private IdentityOptions identity;

    @Option(
            names = "--encrypted",
            description =
                    "Restore encrypted copies as they are, and the files such as SHA256SUMS.1.age, which say what is inside.")
    private boolean encrypted;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print the result for programs; docs/json.md has the fields.")
    private boolean json;

    @Override
    public Integer call() {
        if (to.toString().isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--to: name the folder to restore to; . is this one");
        }
        Path target = offsite.here().resolve(to);
        if (Files.exists(target) && !Files.isDirectory(target)) {
            throw new ParameterException(spec.commandLine(), "--to: %s is a file, not a folder".formatted(to));
        }
        to = target;
        Optional<AgeIdentities> identities = identity.read(offsite);
        if (encrypted && identities.isPresent()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--encrypted restores without a key, --identity with one: name only one of them");
        }
        Opening opening = encrypted ? Opening.AS_THEY_ARE : Opening.with(identities);
        RootFlags.Named named = root.named(offsite, "restore", job, words);
        Configuration configuration = named.configuration();
        job = named.job();
        words = named.words();
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            Job of = routes.services().jobs().get(job);
            try {
                return restore(routes.services(), of, opening);
            } catch (Exception e) {
                String reason = FailureMessages.ofReading(e, of).message();
                remember(
                        routes.services(),
                        RestoreResult.failed(job, reason, routes.services().clock()));
                if (json) {
                    JsonOutput.print("restore", RestoreJson.of(of, reason));
                }
                int exitCode = Failures.say(e, of);
                return e instanceof EncryptedException ? ExitCode.CONFIGURATION : exitCode;
            }
        }
    }

    private int restore(OffsiteServices services, Job of, Opening opening) throws Exception {
        JobCatalog catalog = services.catalog().of(job);
        boolean dated = !words.isEmpty() && DateSelector.is(of, words.get(0));
        Downloads.expect(catalog.connection(), of.parallel(), services.threads());
        Restorer restore = new Restorer(catalog, opening);
        DatedFolderRef place = restore.place(dated ? Optional.of(words.get(0)) : Optional.empty());
        Snapshot snapshot = restore.read(place);
        List<SnapshotFile> items = restore.choose(snapshot, words.subList(dated ? 1 : 0, words.size()), unverified);
        RestorePlan plan = restore.plan(snapshot, items, to, overwrite);
        RestoreResult restored;
        try (Progress progress = Progress.of(offsite.showsProgress(), job, plan.bytes())) {
            restored = restore.run(plan, progress);
        }
        remember(services, restored.ended(services.clock()));
        if (json) {
            JsonOutput.print("restore", RestoreJson.of(of, place, items, plan, restored));
        } else {
            offsite.say(restored.summary(), restored.succeeded());
        }
        return ExitCode.of(!restored.targetFailure().isEmpty(), restored.succeeded());
    }

    /** Not on a machine that only restores: it gets no state. */
    private static void remember(OffsiteServices services, Observation run) {
        if (services.sources().state().exists()) {
            services.monitor().observe(run);
            services.monitor().check();
        }
    }
}
