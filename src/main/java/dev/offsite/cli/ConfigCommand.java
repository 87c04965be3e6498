package dev.offsite.cli;

import dev.offsite.io.Clocks;
import dev.offsite.job.Setting;
import dev.offsite.source.SourceCheck;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code offsite config}: shows the effective configuration. */
@Command(description = "Prints the effective configuration, secrets masked; fails on what is wrong with it.")
public final class ConfigCommand extends VerbCommand {

    /** Says so, too. Only this job cannot ship, and only until the folder is there. */
    private static boolean isMissing(Configuration configuration, String job) {
        Optional<String> problem = SourceCheck.unreadable(Path.of(configuration.resolved(job, Setting.SOURCE)));
        problem.ifPresent(
                text -> Failures.say("%s: %s: %s".formatted(configuration.file(), Setting.SOURCE.jobKey(job), text)));
        return problem.isPresent();
    }

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration();
        Instant now;
        List<String> unusable;
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            now = Clocks.of(routes.context()).instant();
            unusable = NotifyValidator.unusable(
                    configuration, routes.services().notifications().problems());
        }
        System.out.println("# " + configuration.file());
        System.out.print(new EffectiveConfiguration(configuration, now).text());
        unusable.forEach(problem -> Failures.say("%s: %s".formatted(configuration.file(), problem)));
        boolean missing = configuration.jobs().stream()
                        .filter(job -> isMissing(configuration, job))
                        .count()
                > 0;
        return unusable.isEmpty() ? ExitCode.of(false, !missing) : ExitCode.CONFIGURATION;
    }
}
