package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.sftp.FailureMessages;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code offsite prune --undo}: restores pruned folders from the trash.
 *
 * @param day named as the job's folders, or as 2026-01-31; empty for everything in the trash
 * @param named whether jobs were named, so that each of them must have that day
 */
record PruneUndo(Offsite offsite, CamelApplication routes, String day, boolean named) {

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
                        offsite.say("%s  %s  brought back".formatted(name, one.getKey()), true);
                    } else if (one.getValue().get().startsWith("there is no such folder") && !named) {
                        missing++;
                    } else {
                        exitCode = ExitCode.worst(exitCode, ExitCode.FAILED);
                        Failures.say("%s: %s not brought back: %s"
                                .formatted(name, one.getKey(), one.getValue().get()));
                    }
                }
                if (outcomes.isEmpty()) {
                    offsite.say(name + ": there is nothing in the trash", true);
                }
            } catch (CommandException e) {
                throw e;
            } catch (Exception e) {
                exitCode = ExitCode.worst(exitCode, Failures.say(FailureMessages.of(e, job), job));
            }
        }
        if (back > 0) {
            offsite.say(
                    "The next prune removes again what no keep rule of the job keeps;"
                            + " change the rules, or set prune=never, before it runs.",
                    true);
        } else if (missing == jobs.size()) {
            Failures.say("there is no folder of %s in the trash".formatted(day));
            return ExitCode.worst(exitCode, ExitCode.FAILED);
        }
        return exitCode;
    }

    private String folder(Job job) {
        if (job.folders().parse(day).isPresent()) {
            return day;
        }
        try {
            return job.folders().name(LocalDate.parse(day));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new CommandException("--undo: '%s' is neither a day such as %s nor a job"
                    .formatted(day, job.folders().name(LocalDate.of(2026, 1, 31))));
        }
    }
}
