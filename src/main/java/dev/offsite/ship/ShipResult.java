package dev.offsite.ship;

import dev.offsite.job.VerificationMethod;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The result of one {@link ShipRun}.
 *
 * @param folders the dated folders on the target that were written into, oldest first
 * @param bytes of the shipped files
 * @param failed names of the files that were not committed
 * @param targetFailure why the whole target could not be used, or null
 * @param weakest the weakest verification method used; empty if nothing was shipped
 */
public record ShipResult(
        String job,
        List<String> folders,
        int shipped,
        long bytes,
        long nanos,
        List<String> failed,
        String targetFailure,
        Optional<VerificationMethod> weakest) {

    public static ShipResult nothing(String job, List<String> failed, String targetFailure) {
        return new ShipResult(job, List.of(), 0, 0, 0, failed, targetFailure, Optional.empty());
    }

    public boolean empty() {
        return shipped == 0 && failed.isEmpty();
    }

    public boolean succeeded() {
        return failed.isEmpty();
    }

    public ShipResult withFailed(List<String> more) {
        List<String> all = Stream.concat(failed.stream(), more.stream()).toList();
        return new ShipResult(job, folders, shipped, bytes, nanos, all, targetFailure, weakest);
    }
}
