package dev.offsite.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code offsite config}: shows the effective configuration. */
@Command(
        name = "config",
        description = "Prints the effective configuration, secrets masked; fails on what is wrong with it.",
        mixinStandardHelpOptions = true)
public final class ConfigCommand implements Callable<Integer> {

    @ParentCommand
    private Offsite offsite;

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration();
        CamelApplication.check(configuration);
        System.out.println("# " + configuration.file());
        System.out.print(new EffectiveConfiguration(configuration).text());
        return ExitCode.OK;
    }
}
