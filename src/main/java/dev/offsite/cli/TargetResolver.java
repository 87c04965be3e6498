package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.job.Setting;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Chooses the target for a command that is not about a job. A target is always that of some job. */
public final class TargetResolver {

    @Option(
            names = {"-j", "--job"},
            paramLabel = "JOB",
            description = "The job whose target it is; by default the one that the configuration has for all jobs.")
    private String name;

    /** Fails with {@link CommandException} if the job does not exist, or the target is ambiguous */
    Job job(Configuration configuration, Jobs jobs) {
        if (name == null) {
            return common(configuration, jobs.all());
        }
        JobNames.check(configuration, List.of(name));
        return jobs.get(name);
    }

    /** The target of the jobs that set nothing of their own for it; else the only target. */
    private static Job common(Configuration configuration, List<Job> jobs) {
        return jobs.stream()
                .filter(job -> saysNothing(configuration, job.name()))
                .findFirst()
                .or(() -> jobs.stream().findFirst().filter(first -> jobs.stream()
                        .allMatch(job -> job.target().equals(first.target()))))
                .orElseThrow(() -> new CommandException(jobs.stream()
                        .map(job -> job.name() + " (" + job.target() + ")")
                        .collect(Collectors.joining(
                                ", ", "which target? The jobs have several; name one with --job: ", ""))));
    }

    private static boolean saysNothing(Configuration configuration, String job) {
        return Setting.ofJob().stream()
                .filter(setting -> setting.scope() == Setting.Scope.TARGET)
                .noneMatch(setting -> configuration.written().containsKey(setting.jobKey(job)));
    }
}
