package dev.offsite.transfer;

import dev.offsite.job.VerificationMethod;
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
public record TransferResult(String destination, List<FileOutcome> outcomes, long nanos, String targetFailure) {

    /** How many files came to that. */
    public int count(FileOutcome.State state) {
        return (int) in(state).count();
    }

    /** Bytes of the files that came to that. */
    public long bytes(FileOutcome.State state) {
        return in(state).mapToLong(FileOutcome::size).sum();
    }

    private Stream<FileOutcome> in(FileOutcome.State state) {
        return outcomes.stream().filter(outcome -> outcome.state() == state);
    }

    /** By what the files were verified, the strongest first; empty where none was. */
    public String verifications() {
        return outcomes.stream()
                .map(FileOutcome::verification)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .map(VerificationMethod::toString)
                .collect(Collectors.joining(", "));
    }
}
