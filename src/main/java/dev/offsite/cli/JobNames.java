package dev.offsite.cli;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** The jobs that a verb is for. */
public final class JobNames {

    private static final String LABEL = "JOB";
    private static final String ANY = "0..*";
    private static final String DESCRIPTION = "Names of jobs; all of the configuration by default.";

    @Parameters(paramLabel = LABEL, arity = ANY, description = DESCRIPTION)
    private List<String> names = List.of();

    /** The same without annotations. */
    static PositionalParamSpec parameter() {
        return PositionalParamSpec.builder()
                .paramLabel(LABEL)
                .arity(ANY)
                .description(DESCRIPTION)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build();
    }

    /** What was given for it. */
    static JobNames of(PositionalParamSpec parameter) {
        JobNames names = new JobNames();
        List<String> given = parameter.getValue();
        names.names = given == null ? List.of() : List.copyOf(given);
        return names;
    }

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
                .map(name ->
                        "there is no job '%s'%s".formatted(name, SpellingSuggestion.to(name, configuration.jobs())))
                .toList();
        if (!unknown.isEmpty()) {
            throw new CommandException(ExitCode.CONFIGURATION, unknown);
        }
    }
}
