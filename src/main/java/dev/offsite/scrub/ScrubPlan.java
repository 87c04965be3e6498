package dev.offsite.scrub;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which copies a scrub hashes, and in what order. Pure. */
public final class ScrubPlan {

    /** So that a scrub that is cut has lost little. */
    private static final int MOST_AT_ONCE = 1000;

    private static final long MOST_BYTES_AT_ONCE = 2L << 30;

    private static final Comparator<Listed> OLDEST_FIRST =
            Comparator.comparing(Listed::verified).thenComparing(Listed::folder).thenComparing(Listed::name);

    private ScrubPlan() {}

    /**
     * A copy that a manifest lists and that is there.
     *
     * @param folder the name of its dated folder
     * @param name below that
     * @param sha256 as the manifest has it
     * @param size bytes on the server
     * @param verified when it was last verified, or {@link #NEVER} or {@link #DAMAGED}
     */
    record Listed(String folder, String name, String sha256, long size, Instant verified) {

        /** As far as is known here. */
        static final Instant NEVER = Instant.EPOCH;

        /** At the last look: first of all, since it holds pruning back. */
        static final Instant DAMAGED = Instant.MIN;

        /** Below the job's root. */
        String path() {
            return folder + "/" + name;
        }
    }

    /**
     * Those whose turn it is: the longest not verified first, as many as the budget has room for. One is among them however large
     * it is, or it would never have its turn; none with a budget of nothing.
     *
     * @param budget bytes
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

    /** The same in portions to be verified at once, their order kept. */
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
