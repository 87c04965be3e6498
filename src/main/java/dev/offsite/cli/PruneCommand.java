package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.prune.Pruner;
import dev.offsite.prune.RoomMaker;
import dev.offsite.sftp.FailureMessages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code offsite prune}: removes what the retention policy does not keep, or brings it back. */
@Command(description = "Says for every dated folder whether it is kept or removed, and why; and removes.")
public final class PruneCommand extends VerbCommand {

    @Mixin
    private JobNames jobs;

    @Option(names = "--dry-run", description = "Only say it, with what there is to know of each folder.")
    private boolean dryRun;

    @Option(names = "--json", description = "Say it for programs; docs/json.md has the fields.")
    private boolean json;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "How many folders of a job may go at once, this time; offsite.prune.max otherwise.")
    private Integer max;

    @Option(
            names = "--undo",
            paramLabel = "DATE",
            arity = "0..1",
            fallbackValue = "",
            description = "Bring back the pruned folder of that day from the trash; without a day, all that are there.")
    private String undo;

    @Option(
            names = "--acknowledge",
            description = "Take new copies that are suspiciously small as being as they should be; prunes nothing yet.")
    private boolean acknowledge;

    @Option(
            names = "--make-room",
            description =
                    "On a full server, delete until what could not be shipped fits: the trash first, then folders that"
                            + " no rule keeps, oldest first. Works although the last ship failed; with --dry-run, only say it.")
    private boolean makeRoom;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (max != null && max < 1) {
            throw new ParameterException(spec.commandLine(), "--max: '%d' is less than 1".formatted(max));
        }
        boolean prune = max != null || (dryRun && !makeRoom);
        if ((undo != null ? 1 : 0) + (acknowledge ? 1 : 0) + (makeRoom ? 1 : 0) + (prune ? 1 : 0) > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--undo, --acknowledge, --make-room and pruning (--dry-run, --max) exclude each other");
        }
        Configuration configuration = offsite.configuration();
        if (undo != null && configuration.jobs().contains(undo)) {
            jobs.add(undo);
            undo = "";
        }
        List<String> names = jobs.in(configuration);
        if (dryRun || acknowledge) {
            // Neither changes anything on the server, so the service may run.
            return run(configuration, names);
        }
        try (StateLock lock = StateLock.take(configuration.state(), "prune")) {
            return run(configuration, names);
        }
    }

    private int run(Configuration configuration, List<String> names) throws Exception {
        if (acknowledge) {
            try (CamelApplication routes = CamelApplication.look(configuration)) {
                names.forEach(job -> acknowledge(routes, job));
                return ExitCode.OK;
            }
        }
        try (CamelApplication routes = CamelApplication.startCommands(configuration)) {
            return undo == null ? prune(routes, names) : new PruneUndo(offsite, routes, undo, jobs.named()).run(names);
        }
    }

    /** A dry run was asked for what it says. */
    private void say(String text, boolean well) {
        if (dryRun) {
            System.out.print(text);
        } else {
            offsite.say(text.stripTrailing(), well);
        }
    }

    private void acknowledge(CamelApplication routes, String job) {
        offsite.say(
                routes.services()
                        .pruner()
                        .acknowledge(job)
                        .map(reason -> "%s: acknowledged: %s; the next prune goes on".formatted(job, reason))
                        .orElse(job + ": there is nothing to acknowledge"),
                true);
    }

    private int prune(CamelApplication routes, List<String> names) throws Exception {
        List<JsonObject> results = new ArrayList<>();
        int exitCode = ExitCode.worst(names, name -> prune(routes, name, results));
        if (json) {
            JsonOutput.printJobs("prune", results);
        }
        if (!dryRun) {
            routes.tell();
        }
        return exitCode;
    }

    private int prune(CamelApplication routes, String name, List<JsonObject> results) {
        Job job = routes.services().jobs().get(name);
        try {
            if (makeRoom) {
                RoomMaker.Result result = routes.services().pruner().makeRoom(name, dryRun);
                results.add(RoomReport.json(job, dryRun, result));
                if (!json) {
                    say(RoomReport.text(job, dryRun, result), result.failed().isEmpty() && result.fits());
                }
                result.refusals().forEach(refusal -> Failures.say(name + ": " + refusal));
                return ExitCode.of(false, result.fits() && result.failed().isEmpty());
            }
            Pruner.Result result = routes.services()
                    .pruner()
                    .run(name, new Pruner.Request(dryRun, Optional.ofNullable(max), List.of()));
            results.add(PruneJson.of(job, dryRun, result));
            if (!json) {
                say(PruneTable.of(job, dryRun, result), result.failed().isEmpty());
            }
            result.refusals().forEach(refusal -> Failures.say(name + ": " + refusal));
            return ExitCode.of(
                    false, result.failed().isEmpty() && result.refusals().isEmpty());
        } catch (Exception e) {
            FailureMessages problem = FailureMessages.of(e, job);
            results.add(PruneJson.of(job, dryRun, problem));
            return Failures.say(problem, job);
        }
    }
}
