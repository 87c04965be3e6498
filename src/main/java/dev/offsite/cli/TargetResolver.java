package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.job.Setting;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The target that a verb talks to which is about no job: a target is always that of some job. */
public final class TargetResolver {

    @Option(
            names = {"-j", "--job"},
            paramLabel = "JOB",
            description = "The job whose target it is; by default the one that the configuration has for all jobs.")
    private String name;

    /**
     * A job whose target that is.
     *
     * @param jobs all of the configuration
     * @throws CommandException if there is no such job, or it is not clear which target is meant
     */
    Job job(Configuration configuration, List<Job> jobs) {
        if (name == null) {
            return common(configuration, jobs);
        }
        return jobs.stream()
                .filter(job -> job.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CommandException(
                        ExitCode.CONFIGURATION,
                        List.of("there is no job '%s'%s"
                                .formatted(name, SpellingSuggestion.to(name, configuration.jobs())))));
    }

    /** The target of the jobs that say nothing of their own about it; else the only one that there is. */
    private static Job common(Configuration configuration, List<Job> jobs) {
        return jobs.stream()
                .filter(job -> saysNothing(configuration, job.name()))
                .findFirst()
                .or(() -> jobs.stream().findFirst().filter(first -> jobs.stream()
                        .allMatch(job -> job.target().equals(first.target()))))
                .orElseThrow(() -> new CommandException(
                        ExitCode.CONFIGURATION,
                        List.of("which target? The jobs have several; name one with --job: "
                                + jobs.stream()
                                        .map(job -> job.name() + " (" + job.target() + ")")
                                        .collect(Collectors.joining(", ")))));
    }

    private static boolean saysNothing(Configuration configuration, String job) {
        return Setting.ofJob().stream()
                .filter(setting -> setting.scope() == Setting.Scope.TARGET)
                .noneMatch(setting -> configuration.written().containsKey(setting.jobKey(job)));
    }
}
