package dev.offsite.ship;

import dev.offsite.job.VerificationMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The result of one {@link ShipRun}.
 *
 * @param folders the dated folders on the target that were written into, oldest first
 * @param bytes of the shipped files
 * @param failures why each file was not committed, by its name below the source
 * @param targetFailure why the whole target could not be used, or null
 * @param rootRefused whether that is because of the job's root, and no fault of the target
 * @param weakest the weakest verification method used; empty if nothing was shipped
 */
public record ShipResult(
        String job,
        List<String> folders,
        int shipped,
        long bytes,
        long nanos,
        Map<String, String> failures,
        String targetFailure,
        boolean rootRefused,
        Optional<VerificationMethod> weakest) {

    public static ShipResult nothing(String job, Map<String, String> failures, String targetFailure) {
        return new ShipResult(job, List.of(), 0, 0, 0, failures, targetFailure, false, Optional.empty());
    }

    public ShipResult byRoot(boolean refused) {
        return new ShipResult(job, folders, shipped, bytes, nanos, failures, targetFailure, refused, weakest);
    }

    public boolean empty() {
        return shipped == 0 && failures.isEmpty();
    }

    public boolean succeeded() {
        return failures.isEmpty();
    }

    /** The names of the files that were not committed. */
    public List<String> failed() {
        return List.copyOf(failures.keySet());
    }

    /** The result of this run and of the one after it as one. */
    public ShipResult plus(ShipResult next) {
        return new ShipResult(
                        job,
                        Stream.concat(folders.stream(), next.folders.stream())
                                .distinct()
                                .sorted()
                                .toList(),
                        shipped + next.shipped,
                        bytes + next.bytes,
                        nanos + next.nanos,
                        failures,
                        next.targetFailure,
                        next.rootRefused,
                        Stream.concat(weakest.stream(), next.weakest.stream()).reduce((a, b) -> a.atLeast(b) ? b : a))
                .withFailures(next.failures);
    }

    public ShipResult withFailures(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(failures);
        more.forEach(all::putIfAbsent);
        return new ShipResult(job, folders, shipped, bytes, nanos, all, targetFailure, rootRefused, weakest);
    }
}
