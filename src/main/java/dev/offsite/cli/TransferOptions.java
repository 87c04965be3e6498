package dev.offsite.cli;

import dev.offsite.component.OffsiteServices;
import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.transfer.TransferPlanner;
import dev.offsite.transfer.TransferResult;
import dev.offsite.transfer.TreeTransfer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code get} and {@code put} have in common. */
public abstract class TransferOptions extends VerbCommand {

    private static final int MOST_PARALLEL = 64;

    @Mixin
    private TargetResolver target;

    @Option(names = "--overwrite", description = "Replace files that are there already and differ.")
    private boolean overwrite;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            description = "How many files at a time; as the job has it by default.")
    private Integer parallel;

    @Option(
            names = "--json",
            description =
                    "Print the result for programs, each file with its hash and verification; docs/json.md has the fields.")
    private boolean json;

    @FunctionalInterface
    interface Preparation {
        TreeTransfer of(TransferPlanner trees, List<Job> jobs, TreeTransfer.Options options) throws Exception;
    }

    /** Whom the job's settings encrypt for, and the others' that have as good a claim. */
    void chosen(List<Job> claims) {
        // Only put encrypts.
    }

    Path local(String text) {
        return PathArguments.local(offsite.here(), text);
    }

    int run(String verb, RemotePlace place, Preparation preparation) throws Exception {
        if (parallel != null && (parallel < 1 || parallel > MOST_PARALLEL)) {
            throw new CommandException("--parallel: from 1 to %d, please".formatted(MOST_PARALLEL));
        }
        TargetResolver.Chosen chosen = target.choose(offsite, verb, place);
        Configuration configuration = chosen.configuration();
        try (CamelApplication routes = CamelApplication.startCommands(configuration)) {
            List<Job> claims = chosen.jobs().apply(routes.services().jobs());
            chosen(claims);
            Job job = claims.get(0);
            TreeTransfer transfer = prepare(preparation, routes.services(), job, options(configuration, job));
            TransferReport report = new TransferReport(verb, job.target(), run(verb, transfer));
            if (json) {
                JsonOutput.print(verb, report.json());
            } else {
                offsite.say(report.line(), report.exitCode() == ExitCode.OK);
            }
            return report.exitCode();
        }
    }

    private static TreeTransfer prepare(
            Preparation preparation, OffsiteServices services, Job job, TreeTransfer.Options options) throws Exception {
        try {
            TransferPlanner trees = new TransferPlanner(
                    services.connections(),
                    services.verifier(),
                    services.partNames(),
                    services.resumableUploads(),
                    services.threads(),
                    job);
            return preparation.of(trees, services.jobs().all(), options);
        } catch (IOException e) {
            throw new CommandException(FailureMessages.of(e, job.target(), "list what is there"));
        } catch (IllegalArgumentException e) {
            throw new CommandException(e.getMessage());
        }
    }

    private TransferResult run(String verb, TreeTransfer transfer) throws InterruptedException {
        try (Progress progress = Progress.of(offsite.showsProgress(), verb, transfer.bytes())) {
            return transfer.run(progress);
        } catch (IOException e) {
            throw new CommandException(transfer.problem(e));
        }
    }

    private TreeTransfer.Options options(Configuration configuration, Job job) {
        int files = parallel == null ? job.parallel() : parallel;
        return new TreeTransfer.Options(overwrite, files, configuration.retries());
    }
}
