package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code offsite prune --undo}: restores pruned folders from the trash. */
public final class PruneUndo {

    private final CamelApplication routes;
    private final String day;
    private final boolean named;

    /**
     * @param day named as the job's folders, or as 2026-01-31; empty for everything in the trash
     * @param named whether jobs were named, so that each of them must have that day
     */
    PruneUndo(CamelApplication routes, String day, boolean named) {
        this.routes = routes;
        this.day = day;
        this.named = named;
    }

    /** Prints the result and returns the exit code. */
    int run(List<String> jobs) {
        int exitCode = ExitCode.OK;
        int back = 0;
        int missing = 0;
        for (String name : jobs) {
            Job job = routes.services().jobs().get(name);
            try {
                Map<String, Optional<String>> outcomes =
                        routes.services().pruner().undo(name, day.isEmpty() ? List.of() : List.of(folder(job)));
                for (Map.Entry<String, Optional<String>> one : outcomes.entrySet()) {
                    if (one.getValue().isEmpty()) {
                        back++;
                        System.out.printf("%s  %s  brought back%n", name, one.getKey());
                    } else if (one.getValue().get().startsWith("there is no such folder") && !named) {
                        missing++;
                    } else {
                        exitCode = ExitCode.worst(exitCode, ExitCode.FAILED);
                        complain(
                                name,
                                "%s not brought back: %s"
                                        .formatted(one.getKey(), one.getValue().get()));
                    }
                }
                if (outcomes.isEmpty()) {
                    System.out.println(name + ": there is nothing in the trash");
                }
            } catch (CommandException e) {
                throw e;
            } catch (Exception e) {
                FailureMessages problem = FailureMessages.of(e, job);
                complain(name, problem.message());
                exitCode = ExitCode.worst(exitCode, problem.target() ? ExitCode.TARGET : ExitCode.FAILED);
            }
        }
        if (back > 0) {
            System.out.println("The next prune removes again what no keep rule of the job keeps;"
                    + " change the rules, or set prune=never, before it runs.");
        } else if (missing == jobs.size()) {
            System.err.println("offsite: there is no folder of %s in the trash".formatted(day));
            return ExitCode.worst(exitCode, ExitCode.FAILED);
        }
        return exitCode;
    }

    private static void complain(String job, String problem) {
        System.err.println("offsite: " + job + ": " + problem);
    }

    private String folder(Job job) {
        if (job.folders().parse(day).isPresent()) {
            return day;
        }
        try {
            return job.folders().name(LocalDate.parse(day));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new CommandException(
                    ExitCode.CONFIGURATION,
                    List.of("--undo: '%s' is neither a day such as %s nor a job"
                            .formatted(day, job.folders().name(LocalDate.of(2026, 1, 31)))));
        }
    }
}
