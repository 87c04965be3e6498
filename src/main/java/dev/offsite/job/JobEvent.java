package dev.offsite.job;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One event of a job for notifications, at most once for each run, prune, scrub or drill. */
public sealed interface JobEvent {

    String job();

    Instant at();

    /** The type in one lower-case word, such as {@code shipped}. */
    default String type() {
        return word(getClass());
    }

    /** All types, in the order in which they happen to a backup. */
    static Set<String> types() {
        return Stream.of(JobEvent.class.getPermittedSubclasses())
                .map(JobEvent::word)
                .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
    }

    private static String word(Class<?> type) {
        return type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    /**
     * A run shipped new files.
     *
     * @param bytes total size of those files
     * @param folders absolute paths on the target of the dated folders that they are in
     * @param verification the weakest method that verified one of them: hash, readback or size
     * @param encrypted whether they were encrypted here
     */
    record Shipped(
            String job, Instant at, int files, long bytes, List<String> folders, String verification, boolean encrypted)
            implements JobEvent {}

    /**
     * A run did not ship everything, or a scrub or prune did not finish.
     *
     * @param files why each file was not shipped, by its name below the source
     * @param reason why the target could not be used, or null if single files failed
     */
    record Failed(String job, Instant at, Map<String, String> files, String reason) implements JobEvent {

        /** Whether it says the same as an earlier event. */
        public boolean repeats(Failed earlier) {
            return job.equals(earlier.job) && files.equals(earlier.files) && Objects.equals(reason, earlier.reason);
        }
    }

    /** Names of the dated folders that a prune removed, and of those that it failed to remove. */
    record Pruned(String job, Instant at, List<String> folders, List<String> failed) implements JobEvent {}

    /** A prune refused to remove anything; the reason is one sentence. */
    record Refused(String job, Instant at, String reason) implements JobEvent {}

    /**
     * A scrub found bad copies.
     *
     * @param copies what was found and not repaired, each as {@code changed 20260131/app.dump: reason}
     */
    record Damaged(String job, Instant at, List<String> copies) implements JobEvent {}

    /** A scrub shipped or listed copies again, and verified them; the paths are below the root. */
    record Repaired(String job, Instant at, List<String> copies) implements JobEvent {}

    /**
     * A restore drill ended.
     *
     * @param folder the name of the dated folder, empty if there was none
     * @param passed whether everything succeeded, including the job's own check
     * @param problem why it failed, or empty
     */
    record Drilled(String job, Instant at, String folder, int files, boolean passed, String problem)
            implements JobEvent {}

    /**
     * No copy of the job was verified for longer than its {@code max-age}. Sent once.
     *
     * @param age how long ago the last copy was verified, or null if none ever was
     */
    record Stale(String job, Instant at, Duration age, Duration maxAge) implements JobEvent {}

    /** A copy was verified after the job was stale; the time is when, or null. */
    record Fresh(String job, Instant at, Instant verified) implements JobEvent {}
}
