package dev.offsite.job;

import java.time.Duration;

/**
 * How a job removes the dated folders that its policy does not keep.
 *
 * @param never whether pruning is turned off
 * @param trash how long removed folders can be brought back; zero deletes them at once
 * @param plausible a new copy smaller than this percentage of the recent median stops pruning; 0 turns the check off
 */
public record PruneSettings(boolean never, Duration trash, int plausible) {

    /** The value of the key {@code prune} that turns pruning off. */
    public static final String NEVER = "never";

    public static final PruneSettings DEFAULT = new PruneSettings(false, Duration.ofDays(7), 25);
}
