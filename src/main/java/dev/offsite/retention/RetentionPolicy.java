package dev.offsite.retention;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which dated folders to keep. As in restic, a folder stays if any rule wants it; so far there is one rule.
 *
 * @param keep how many of the newest folders to keep, at least 1
 */
public record RetentionPolicy(int keep) {

    /** The value of the key keep that stands for the empty policy, as an empty value does. */
    public static final String ALL = "all";

    /** The empty policy: removes nothing. */
    public static final RetentionPolicy KEEP_ALL = new RetentionPolicy(Integer.MAX_VALUE);

    /**
     * Keeps the newest folders.
     *
     * @throws IllegalArgumentException if {@code keep} is not positive, for that would drop every backup
     */
    public RetentionPolicy {
        if (keep < 1) {
            throw new IllegalArgumentException("keep must be at least 1, or unset to keep all, not " + keep);
        }
    }

    /** The folders that some rule wants, each with the reason; the newest is always among them. Further rules go here. */
    Map<LocalDate, String> kept(List<LocalDate> newestFirst) {
        Map<LocalDate, String> kept = new HashMap<>();
        for (int i = 0; i < Math.min(keep, newestFirst.size()); i++) {
            kept.put(newestFirst.get(i), equals(KEEP_ALL) ? "kept: no limit is set" : "kept: " + newest(i + 1));
        }
        return kept;
    }

    /** Why a folder that no rule wants is removed. */
    String removed() {
        return "removed: older than the newest" + (keep == 1 ? "" : " " + keep);
    }

    private String newest(int rank) {
        if (rank == 1) {
            return keep == 1 ? "the newest" : "the newest of " + keep;
        }
        boolean teen = rank % 100 / 10 == 1;
        String suffix =
                switch (teen ? 0 : rank % 10) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
        return rank + suffix + " newest of " + keep;
    }
}
