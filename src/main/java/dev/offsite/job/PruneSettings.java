package dev.offsite.job;

import java.time.Duration;

/**
 * How a job removes the dated folders that its policy does not keep.
 *
 * @param never whether it does not
 * @param trash how long they can be brought back; zero where they are deleted at once
 * @param plausible percent of the recent median below which a new copy stops pruning; 0 where none does
 */
public record PruneSettings(boolean never, Duration trash, int plausible) {

    /** The value of the key prune that stands for no pruning at all. */
    public static final String NEVER = "never";

    /** What counts when nobody says anything. */
    public static final PruneSettings DEFAULT = new PruneSettings(false, Duration.ofDays(7), 25);
}
