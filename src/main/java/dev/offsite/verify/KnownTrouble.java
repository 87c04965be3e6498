package dev.offsite.verify;

import dev.offsite.job.Job;
import dev.offsite.job.JobStatus;
import dev.offsite.job.JobStatus.Hold;
import dev.offsite.verify.Debts.Debt;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is known to be wrong with a job's copies. It counts in every run, and stops pruning, until it is gone. */
public record KnownTrouble(JobStatus status, Debts debts) {

    /** What a person runs, with the name of the job, when a small copy is as it should be. */
    public static final String ACKNOWLEDGE = "offsite prune --acknowledge ";

    /** Each in one line, with what to do about it; empty if all is well. */
    public List<String> of(Job job) {
        List<String> trouble = new ArrayList<>(damage(job));
        String small = status.holds(job).get(Hold.IMPLAUSIBLE);
        if (small != null) {
            trouble.add(implausible(job, small));
        }
        return trouble;
    }

    /** Lost copies, and what a scrub could not read. */
    public List<String> damage(Job job) {
        List<String> damage = new ArrayList<>();
        List<Debt> owed = debts.of(job);
        if (!owed.isEmpty()) {
            String copies = owed.size() == 1 ? "1 copy is" : owed.size() + " copies are";
            String more = owed.size() == 1 ? "" : ", and %d more".formatted(owed.size() - 1);
            damage.add(
                    ("%s missing or damaged on the server (%s%s); what is still here is shipped again by: offsite scrub"
                                    + " %s; to give up the rest: offsite scrub --forget %s")
                            .formatted(copies, owed.get(0), more, job.name(), job.name()));
        }
        Map<Hold, String> holds = status.holds(job);
        if (holds.containsKey(Hold.DAMAGE)) {
            damage.add("copies on the server are damaged (%s); put them right, then: offsite scrub %s"
                    .formatted(holds.get(Hold.DAMAGE), job.name()));
        }
        return damage;
    }

    /** What to do about a new copy that is suspiciously small. */
    public static String implausible(Job job, String reason) {
        return "%s; look at it, and if it is as it should be: %s%s".formatted(reason, ACKNOWLEDGE, job.name());
    }
}
