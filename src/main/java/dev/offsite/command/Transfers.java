package dev.offsite.command;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import dev.offsite.transfer.Problem;
import dev.offsite.tree.Transfer;
import dev.offsite.tree.TreeResult;
import dev.offsite.tree.Trees;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What {@code get} and {@code put} have in common. */
abstract class Transfers {

    private static final int MOST_PARALLEL = 64;

    @ParentCommand
    private Offsite offsite;

    @Mixin
    private TargetOf target;

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
                    "Print the result for programs, each file with its hash and proof; docs/json.md has the fields.")
    private boolean json;

    /** Makes the transfer. */
    @FunctionalInterface
    interface Preparation {
        /** With the target's trees, all jobs, and the options that were given. */
        Transfer of(Trees trees, List<Job> jobs, Transfer.Options options) throws Exception;
    }

    /** Runs it from the configuration to the exit code. */
    int run(String verb, Preparation preparation) throws Exception {
        if (parallel != null && (parallel < 1 || parallel > MOST_PARALLEL)) {
            throw new CommandException(
                    ExitCode.CONFIGURATION, List.of("--parallel: from 1 to %d, please".formatted(MOST_PARALLEL)));
        }
        Configuration configuration = offsite.configurationWithoutSources();
        try (Routes routes = Routes.startCommands(configuration)) {
            List<Job> jobs = routes.jobs().all();
            Job job = target.job(configuration, jobs);
            TreeResult result = run(verb, prepare(preparation, routes, jobs, job, options(configuration, job)));
            TransferReport report = new TransferReport(verb, job.target(), result);
            System.out.println(json ? report.json() : report.line());
            return report.exitCode();
        }
    }

    private static Transfer prepare(
            Preparation preparation, Routes routes, List<Job> jobs, Job job, Transfer.Options options)
            throws Exception {
        try {
            return preparation.of(new Trees(routes.connections(), routes.prover(), job), jobs, options);
        } catch (JSchException | SftpException | IOException e) {
            throw ended(Problem.of(e, job.target(), "list what is there"));
        } catch (IllegalArgumentException e) {
            throw new CommandException(ExitCode.CONFIGURATION, List.of(e.getMessage()));
        }
    }

    private static TreeResult run(String verb, Transfer transfer) throws InterruptedException {
        try (Progress progress = Progress.of(verb, transfer.bytes())) {
            return transfer.run(progress);
        } catch (JSchException | SftpException | IOException e) {
            throw ended(transfer.problem(e));
        }
    }

    private static CommandException ended(Problem problem) {
        return new CommandException(problem.target() ? ExitCode.TARGET : ExitCode.FAILED, List.of(problem.message()));
    }

    private Transfer.Options options(Configuration configuration, Job job) {
        String retries =
                configuration.properties().getProperty(Setting.RETRIES.globalKey(), Setting.RETRIES.defaultValue());
        return new Transfer.Options(overwrite, parallel == null ? job.parallel() : parallel, Integer.parseInt(retries));
    }
}
