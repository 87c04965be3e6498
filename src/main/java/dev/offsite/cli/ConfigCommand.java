package dev.offsite.cli;

import dev.offsite.io.Clocks;
import dev.offsite.job.Setting;
import dev.offsite.source.SourceCheck;
import java.nio.file.Path;
import java.time.Instant;
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
        try (CamelApplication routes = CamelApplication.look(configuration)) {
            now = Clocks.of(routes.context()).instant();
        }
        System.out.println("# " + configuration.file());
        System.out.print(new EffectiveConfiguration(configuration, now).text());
        return configuration.jobs().stream().anyMatch(job -> isMissing(configuration, job))
                ? ExitCode.FAILED
                : ExitCode.OK;
    }
}
