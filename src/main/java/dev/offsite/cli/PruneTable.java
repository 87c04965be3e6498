package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.prune.PruneCandidates.Details;
import dev.offsite.prune.Pruner;
import dev.offsite.retention.Decision;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Prune results for people: a line for each folder, in columns that need no heading. */
public final class PruneTable {

    private static final Details NOTHING = new Details(OptionalLong.empty(), OptionalLong.empty(), "-");

    /** Wide enough for the usual names. */
    private static final String FOLDER = " ".repeat(10);

    private PruneTable() {}

    static String of(Job job, boolean dryRun, Pruner.Result result) {
        if (job.pruning().never()) {
            return "%s: nothing is pruned here (prune=never)%n".formatted(job.name());
        }
        Table table = dryRun ? new Table(false, "", FOLDER, ">", "", "", "") : new Table(false, "", FOLDER, "");
        Set<String> others = new TreeSet<>(result.failed().keySet());
        for (Decision decision : result.plan().decisions()) {
            others.remove(decision.folder());
            String folder = Text.line(decision.folder());
            if (dryRun) {
                Details details = result.details().getOrDefault(decision.folder(), NOTHING);
                String size =
                        details.size().isPresent() ? Text.size(details.size().getAsLong()) : "-";
                String files =
                        details.files().isPresent() ? Text.files(details.files().getAsLong()) : "-";
                String reason = decision.reason().replaceFirst("^removed", "would be removed");
                table.row(job.name(), folder, size, files, details.verification(), reason);
            } else {
                String failed = result.failed().get(decision.folder());
                table.row(job.name(), folder, failed == null ? decision.reason() : "NOT removed: " + failed);
            }
        }
        others.forEach(name -> table.row(
                job.name(), Text.line(name), "NOT deleted: " + result.failed().get(name)));
        return table.rows() + summary(job, table.isEmpty());
    }

    private static String summary(Job job, boolean nothing) {
        if (nothing) {
            return "%s: there is nothing in %s%n".formatted(job.name(), job.root());
        }
        return job.retention().keepsAll()
                ? "%s: kept: everything, for the policy is empty (no keep rule, or keep=all)%n".formatted(job.name())
                : "";
    }
}
