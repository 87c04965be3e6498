package dev.offsite.cli;

import picocli.CommandLine.Command;

/** {@code offsite config}: shows the effective configuration. */
@Command(description = "Prints the effective configuration, secrets masked; fails on what is wrong with it.")
public final class ConfigCommand extends VerbCommand {

    @Override
    public Integer call() {
        Configuration configuration = offsite.configuration();
        CamelApplication.look(configuration).close();
        System.out.println("# " + configuration.file());
        System.out.print(new EffectiveConfiguration(configuration).text());
        return ExitCode.OK;
    }
}
