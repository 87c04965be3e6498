package dev.offsite.proof;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a server hashes files for us.
 *
 * @param command by what
 * @param many whether it takes many files at a time; some restricted shells take one
 */
public record HashWay(HashCommand command, boolean many) {

    private static final String MANY = "many";
    private static final String ONE = "one";

    /** The paths of one command each. */
    public List<List<String>> batches(List<String> paths) {
        return many
                ? command.batches(paths, HashCommand.MAX_COMMAND_BYTES)
                : paths.stream().map(List::of).toList();
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return command.name() + " " + (many ? MANY : ONE);
    }

    /** Reads what {@link #toString} wrote; empty where it is something else. */
    public static Optional<HashWay> parse(String text) {
        return Stream.of(HashCommand.values())
                .flatMap(command -> Stream.of(new HashWay(command, true), new HashWay(command, false)))
                .filter(way -> way.toString().equals(text))
                .findFirst();
    }
}
