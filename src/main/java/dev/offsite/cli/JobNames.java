package dev.offsite.cli;

import dev.offsite.io.Text;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** The jobs named on the command line. */
public final class JobNames {

    private static final String LABEL = "JOB";
    private static final String ANY = "0..*";
    private static final String DESCRIPTION = "Names of jobs; all of the configuration by default.";

    @Parameters(paramLabel = LABEL, arity = ANY, description = DESCRIPTION)
    private List<String> names = List.of();

    /** The parameter for commands that are described without annotations. */
    static PositionalParamSpec parameter() {
        return PositionalParamSpec.builder()
                .paramLabel(LABEL)
                .arity(ANY)
                .description(DESCRIPTION)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .build();
    }

    static JobNames of(PositionalParamSpec parameter) {
        JobNames names = new JobNames();
        List<String> given = parameter.getValue();
        names.names = given == null ? List.of() : List.copyOf(given);
        return names;
    }

    boolean named() {
        return !names.isEmpty();
    }

    /** What was given, whether the configuration has such jobs or not. */
    List<String> given() {
        return names;
    }

    void add(String name) {
        names = Stream.concat(names.stream(), Stream.of(name)).toList();
    }

    /** The named jobs, or all if none was named. */
    List<String> in(Configuration configuration) {
        if (names.isEmpty()) {
            return configuration.jobs();
        }
        check(configuration, names);
        return names.stream().distinct().toList();
    }

    /** Fails with {@link CommandException} with a line for each name that the configuration does not have */
    static void check(Configuration configuration, List<String> names) {
        List<String> unknown = names.stream()
                .filter(name -> !configuration.jobs().contains(name))
                .map(name -> "there is no job '%s'%s"
                        .formatted(Text.line(name), SpellingSuggestion.to(name, configuration.jobs())))
                .toList();
        if (!unknown.isEmpty()) {
            throw new CommandException(String.join("\n", unknown));
        }
    }
}
