package dev.offsite.tree;

import dev.offsite.proof.Proof;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came of a transfer.
 *
 * @param destination where it went, absolute
 * @param outcomes one for each file, and for each folder that could not be made, by name
 * @param nanos how long it took
 * @param targetFailure why the target as a whole cannot be used, or null
 */
public record TreeResult(String destination, List<Outcome> outcomes, long nanos, String targetFailure) {

    /** How many files came to that. */
    public int count(Outcome.State state) {
        return (int) in(state).count();
    }

    /** Bytes of the files that came to that. */
    public long bytes(Outcome.State state) {
        return in(state).mapToLong(Outcome::size).sum();
    }

    private Stream<Outcome> in(Outcome.State state) {
        return outcomes.stream().filter(outcome -> outcome.state() == state);
    }

    /** By what the files were proven, the strongest first; empty where none was. */
    public String proofs() {
        return outcomes.stream()
                .map(Outcome::proof)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .map(Proof::toString)
                .collect(Collectors.joining(", "));
    }
}
