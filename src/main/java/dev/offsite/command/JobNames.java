package dev.offsite.command;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Parameters;

/** The jobs that a verb is for. */
final class JobNames {

    @Parameters(paramLabel = "JOB", arity = "0..*", description = "Names of jobs; all of the configuration by default.")
    private List<String> names = List.of();

    /** Whether any was named. */
    boolean named() {
        return !names.isEmpty();
    }

    /** Takes one more that was named. */
    void add(String name) {
        names = Stream.concat(names.stream(), Stream.of(name)).toList();
    }

    /** Those that were named, or all. */
    List<String> in(Configuration configuration) {
        if (names.isEmpty()) {
            return configuration.jobs();
        }
        check(configuration, names);
        return names.stream().distinct().toList();
    }

    /**
     * That the configuration has jobs of those names.
     *
     * @throws CommandException with a line for each that it does not have
     */
    static void check(Configuration configuration, List<String> names) {
        List<String> unknown = names.stream()
                .filter(name -> !configuration.jobs().contains(name))
                .map(name -> "there is no job '%s'%s".formatted(name, Nearest.to(name, configuration.jobs())))
                .toList();
        if (!unknown.isEmpty()) {
            throw new CommandException(ExitCode.CONFIGURATION, unknown);
        }
    }
}
