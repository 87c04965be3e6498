package dev.offsite.prune;

import dev.offsite.job.Job;
import dev.offsite.job.JobStatus;
import dev.offsite.retention.RetentionPlan;
import dev.offsite.verify.KnownTrouble;
import java.util.ArrayList;
import java.util.List;

/** Reasons not to prune a job now, each in one line with what to do about it. */
public final class PruneGuards {

    private PruneGuards() {}

    /** The reasons that are known without asking the server; {@code unended} says what the last ship did if it has no result. */
    static List<String> ofStatus(Job job, KnownTrouble trouble, String unended) {
        List<String> refusals = new ArrayList<>();
        JobStatus.State last = trouble.status().last(job);
        if (!last.pruning()) {
            boolean full = trouble.status().unfit(job).files() > 0;
            refusals.add("nothing pruned: the last ship "
                    + (last == JobStatus.State.FAILED
                            ? "did not end well (some files failed); ship first, then prune"
                            : unended)
                    + (full ? "; or, as the server is full: offsite prune --make-room " + job.name() : ""));
        }
        trouble.of(job).forEach(one -> refusals.add("nothing pruned: " + one));
        return refusals;
    }

    static String implausible(Job job, String reason) {
        return "nothing pruned: " + KnownTrouble.implausible(job, reason);
    }

    static List<String> ofPlan(Job job, RetentionPlan plan, int max) {
        int removed = plan.removed().size();
        if (removed > 0 && plan.kept().isEmpty()) {
            return List.of("nothing pruned: the plan would remove every backup below " + job.root());
        }
        return removed <= max
                ? List.of()
                : List.of(("nothing pruned: %d folders would go at once, and offsite.prune.max allows %d; "
                                + "see offsite prune --dry-run %s, and if they should: offsite prune --max %d %s")
                        .formatted(removed, max, job.name(), removed, job.name()));
    }
}
