package dev.offsite.report;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;

/**
 * What the runs of a job did on one day.
 *
 * @param runs that ended on it
 * @param files copies that were shipped and verified
 * @param bytes of them
 * @param failures runs that failed
 * @param refusals prunes that removed nothing, for a reason that a person must look at
 * @param reason of the last failure, or else of the last refusal; empty if there was none
 * @param pruned dated folders that were removed
 * @param rehashed copies that a scrub verified again
 * @param restored files that were restored, by a drill or a person
 */
record DaySummary(
        int runs,
        long files,
        long bytes,
        int failures,
        int refusals,
        String reason,
        long pruned,
        long rehashed,
        long restored) {

    static final DaySummary NONE = new DaySummary(0, 0, 0, 0, 0, "", 0, 0, 0);

    private static final int REASON = 200;

    /** The day with one more run. */
    DaySummary plus(HistoryEntry run) {
        boolean failed = run.result() == Result.FAILED;
        boolean refused = run.result() == Result.REFUSED;
        boolean says = failed || (refused && failures == 0);
        long more = Math.max(0, run.files());
        Verb verb = run.verb();
        return new DaySummary(
                runs + 1,
                sum(files, verb == Verb.SHIP ? more : 0),
                sum(bytes, verb == Verb.SHIP ? Math.max(0, run.bytes()) : 0),
                failures + (failed ? 1 : 0),
                refusals + (refused ? 1 : 0),
                says ? cut(verb.word() + ": " + run.reason()) : reason,
                sum(pruned, verb == Verb.PRUNE ? more : 0),
                sum(rehashed, verb == Verb.SCRUB ? more : 0),
                sum(restored, verb == Verb.DRILL || verb == Verb.RESTORE ? more : 0));
    }

    /** Both, of which the other was later. */
    DaySummary plus(DaySummary later) {
        return new DaySummary(
                runs + later.runs,
                sum(files, later.files),
                sum(bytes, later.bytes),
                failures + later.failures,
                refusals + later.refusals,
                later.reason.isEmpty() ? reason : later.reason,
                sum(pruned, later.pruned),
                sum(rehashed, later.rehashed),
                sum(restored, later.restored));
    }

    /** A damaged line may hold any number. */
    private static long sum(long one, long other) {
        long sum = one + other;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static String cut(String text) {
        return text.length() <= REASON ? text : text.substring(0, REASON) + " …";
    }
}
