package dev.offsite.transfer;

import dev.offsite.job.VerificationMethod;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The result of a transfer.
 *
 * @param outcomes one for each file, and for each folder that could not be made
 * @param targetFailure why the whole target could not be used, or null
 */
public record TransferResult(String destination, List<FileOutcome> outcomes, long nanos, String targetFailure) {

    public int count(FileOutcome.State state) {
        return (int) in(state).count();
    }

    public long bytes(FileOutcome.State state) {
        return in(state).mapToLong(FileOutcome::size).sum();
    }

    private Stream<FileOutcome> in(FileOutcome.State state) {
        return outcomes.stream().filter(outcome -> outcome.state() == state);
    }

    /** The verification methods used, strongest first; empty if there were none. */
    public String verifications() {
        return outcomes.stream()
                .map(FileOutcome::verification)
                .filter(Objects::nonNull)
                .distinct()
                .sorted()
                .map(VerificationMethod::toString)
                .collect(Collectors.joining(", "));
    }
}
