package dev.offsite.status;

import dev.offsite.history.HistoryEntry;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/** A fact about a job that is remembered here, so that its status can be told without a login. */
public sealed interface Observation {

    String job();

    /** Copies were verified and listed; not those that a scrub only verified again, or repaired. */
    record Verified(String job, Instant at, String folder, int copies, long bytes) implements Observation {}

    /** A run ended. */
    record Ended(HistoryEntry run) implements Observation {
        @Override
        public String job() {
            return run.job();
        }
    }

    /** What the last ship left here, by name below the source; empty if it left nothing. */
    record Unshipped(String job, Instant at, List<String> files) implements Observation {}

    /** What is free on the server's disk. */
    record Space(String job, Instant at, long freeBytes) implements Observation {}

    /**
     * A scrub counted all listed copies.
     *
     * @param verified copies by the day (UTC) of their last verification; {@link LocalDate#EPOCH} if there was none
     */
    record Counted(String job, Instant at, Map<LocalDate, Amount> verified) implements Observation {}

    /** Copies were pruned, by the day (UTC) of their last verification. */
    record Pruned(String job, Instant at, Map<LocalDate, Long> copies) implements Observation {}

    /** How many folders lie in the trash. */
    record Trash(String job, Instant at, int folders) implements Observation {}

    /** A number of copies and their bytes. */
    record Amount(long copies, long bytes) {
        public static final Amount NOTHING = new Amount(0, 0);

        public Amount plus(Amount more) {
            return new Amount(copies + more.copies, bytes + more.bytes);
        }
    }
}
