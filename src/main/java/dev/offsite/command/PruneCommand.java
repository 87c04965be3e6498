package dev.offsite.command;

import dev.offsite.retention.Decision;
import dev.offsite.transfer.Problem;
import dev.offsite.transfer.Prune;
import dev.offsite.transfer.PruneException;
import dev.offsite.transfer.Text;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code offsite prune}: removes what the retention policy does not keep. */
@Command(
        name = "prune",
        description = "Says for every dated folder whether it is kept or removed, and why; and removes.",
        mixinStandardHelpOptions = true)
final class PruneCommand implements Callable<Integer> {

    @ParentCommand
    private Offsite offsite;

    @Mixin
    private JobNames jobs;

    @Option(names = "--dry-run", description = "Only say it.")
    private boolean dryRun;

    @Override
    public Integer call() throws Exception {
        Configuration configuration = offsite.configuration();
        var names = jobs.in(configuration);
        if (dryRun) {
            // Changes nothing, so it may look while the service runs.
            return prune(configuration, names);
        }
        try (StateLock lock = StateLock.take(configuration.state(), "prune")) {
            return prune(configuration, names);
        }
    }

    /** The routes are built but not started: pruning needs neither a poll nor the ledger. */
    private int prune(Configuration configuration, List<String> names) {
        int exitCode = ExitCode.OK;
        try (Routes routes =
                Routes.build(configuration, RouteFiles.read(configuration.file().getParent()), false)) {
            for (String job : names) {
                exitCode = ExitCode.worst(exitCode, prune(routes, job));
            }
        }
        return exitCode;
    }

    private int prune(Routes routes, String job) {
        try {
            Prune.Result result = routes.prune().run(job, dryRun);
            for (Decision decision : result.plan().decisions()) {
                String failed = result.failed().get(decision.folder());
                String reason = failed == null ? reason(decision) : "NOT removed: " + failed;
                System.out.printf("%s  %-10s  %s%n", job, Text.line(decision.folder()), reason);
            }
            if (result.plan().decisions().isEmpty()) {
                System.out.println(
                        job + ": there is nothing in " + routes.jobs().get(job).root());
            }
            return result.failed().isEmpty() ? ExitCode.OK : ExitCode.FAILED;
        } catch (PruneException e) {
            System.err.println("offsite: " + job + ": " + e.getMessage());
            return ExitCode.FAILED;
        } catch (Exception e) {
            Problem problem = Problem.of(e, routes.jobs().get(job));
            System.err.println("offsite: " + job + ": " + problem.message());
            return problem.target() ? ExitCode.TARGET : ExitCode.FAILED;
        }
    }

    private String reason(Decision decision) {
        return dryRun && decision.remove()
                ? decision.reason().replaceFirst("^removed", "would be removed")
                : decision.reason();
    }
}
