package dev.offsite.job;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One fact about a job that a person or a program may want to hear. Made once per run, prune, scrub or drill. */
public sealed interface JobEvent {

    /** The name of the job. */
    String job();

    /** When it was found. */
    Instant at();

    /** Its type in one lower-case word, such as {@code shipped}. */
    default String type() {
        return word(getClass());
    }

    /** All types, in the order of a backup's life. */
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
     * @param files how many
     * @param bytes of those files
     * @param folders the dated folders on the target that they are in, as absolute paths
     * @param verification the weakest way in which one of them was verified: hash, readback or size
     */
    record Shipped(String job, Instant at, int files, long bytes, List<String> folders, String verification)
            implements JobEvent {}

    /**
     * A run did not ship everything.
     *
     * @param files names of the files that were not shipped, below the source
     * @param reason why the target could not be used, or null where single files failed
     */
    record Failed(String job, Instant at, List<String> files, String reason) implements JobEvent {}

    /**
     * A prune removed dated folders.
     *
     * @param folders their names
     * @param failed names of those that should have been removed and could not be
     */
    record Pruned(String job, Instant at, List<String> folders, List<String> failed) implements JobEvent {}

    /**
     * A prune refused to remove anything.
     *
     * @param reason in one sentence
     */
    record Refused(String job, Instant at, String reason) implements JobEvent {}

    /**
     * A scrub found copies that are not as they should be, or did not come to its end.
     *
     * @param copies what was found and not repaired, each as {@code changed 20260131/app.dump: reason}
     * @param reason why the scrub did not come to its end, or null
     */
    record Damaged(String job, Instant at, List<String> copies, String reason) implements JobEvent {}

    /**
     * A scrub repaired copies.
     *
     * @param copies paths below the root that were shipped or listed again, and verified
     */
    record Repaired(String job, Instant at, List<String> copies) implements JobEvent {}

    /**
     * A restore was rehearsed.
     *
     * @param folder the name of the dated folder, empty if there was none
     * @param files how many files were restored
     * @param passed whether all went well, the job's own check included
     * @param problem why not, or empty
     */
    record Drilled(String job, Instant at, String folder, int files, boolean passed, String problem)
            implements JobEvent {}
}
