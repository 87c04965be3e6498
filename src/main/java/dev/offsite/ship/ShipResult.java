package dev.offsite.ship;

import dev.offsite.job.VerificationMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What came of one {@link ShipRun}.
 *
 * @param job its name
 * @param folders the dated folders on the target that were written into, oldest first
 * @param shipped files committed
 * @param bytes of those files
 * @param nanos how long it took
 * @param failed names of the files that were not committed
 * @param targetFailure why the target as a whole could not be used, or null
 * @param weakest the weakest way in which one of the files was verified; empty if none was shipped
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

    /** A run that shipped nothing. */
    public static ShipResult nothing(String job, List<String> failed, String targetFailure) {
        return new ShipResult(job, List.of(), 0, 0, 0, failed, targetFailure, Optional.empty());
    }

    /** Whether there was any file to ship. */
    public boolean empty() {
        return shipped == 0 && failed.isEmpty();
    }

    /** Whether every file was committed. */
    public boolean succeeded() {
        return failed.isEmpty();
    }

    /** The same with more files that were not committed. */
    public ShipResult withFailed(List<String> more) {
        List<String> all = new ArrayList<>(failed);
        all.addAll(more);
        return new ShipResult(job, folders, shipped, bytes, nanos, List.copyOf(all), targetFailure, weakest);
    }
}
