package dev.offsite.scrub;

import dev.offsite.job.Job;
import dev.offsite.job.VerificationMethod;
import dev.offsite.verify.VerificationLog;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Decides which copies a scrub hashes, and in what order. No I/O. */
public final class ScrubPlan {

    /** A limit, so that an interrupted scrub loses little work. */
    private static final int MOST_AT_ONCE = 1000;

    private static final long MOST_BYTES_AT_ONCE = 2L << 30;

    private static final Comparator<Listed> OLDEST_FIRST =
            Comparator.comparing(Listed::verified).thenComparing(Listed::folder).thenComparing(Listed::name);

    private ScrubPlan() {}

    /**
     * A listed copy that exists; {@code size} is in bytes on the server.
     *
     * @param sha256 from the manifest
     * @param verified when it was last verified, or {@link #NEVER} or {@link #DAMAGED}
     */
    record Listed(String folder, String name, String sha256, long size, Instant verified) {

        /** Not as far as this machine knows. */
        static final Instant NEVER = Instant.EPOCH;

        /** Found damaged last time. It is checked first, because it stops pruning. */
        static final Instant DAMAGED = Instant.MIN;

        /** Below the job's root. */
        String path() {
            return folder + "/" + name;
        }

        /** Absolute on the server. */
        String path(Job job) {
            return job.root() + "/" + path();
        }

        /** What is to be remembered of it; without a verification, that it is damaged. */
        VerificationLog.Entry entry(Optional<VerificationMethod> verification, Instant now) {
            return new VerificationLog.Entry(name, sha256, verification, now);
        }
    }

    /**
     * The copies to check: the longest unverified first, up to {@code budget} bytes. The first one may exceed the
     * budget, or a large copy would never be checked; a budget of 0 allows none.
     */
    static List<Listed> turn(List<Listed> all, long budget) {
        if (budget <= 0) {
            return List.of();
        }
        List<Listed> sorted = new ArrayList<>(all);
        sorted.sort(OLDEST_FIRST);
        long left = budget;
        int count = 0;
        while (count < sorted.size() && (count == 0 || sorted.get(count).size() <= left)) {
            left = Math.max(0, left - sorted.get(count).size());
            count++;
        }
        return List.copyOf(sorted.subList(0, count));
    }

    /** Splits the copies, in order, into groups that are verified together. */
    static List<List<Listed>> portions(List<Listed> turn) {
        List<List<Listed>> portions = new ArrayList<>();
        List<Listed> portion = new ArrayList<>();
        long bytes = 0;
        for (Listed copy : turn) {
            if (!portion.isEmpty() && (portion.size() == MOST_AT_ONCE || bytes + copy.size() > MOST_BYTES_AT_ONCE)) {
                portions.add(portion);
                portion = new ArrayList<>();
                bytes = 0;
            }
            portion.add(copy);
            bytes += copy.size();
        }
        if (!portion.isEmpty()) {
            portions.add(portion);
        }
        return portions;
    }
}
