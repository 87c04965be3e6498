package dev.offsite.cli;

import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.prune.PruneCandidates.Details;
import dev.offsite.prune.Pruner;
import dev.offsite.retention.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Prune results for people: a line for each folder, in columns that need no heading. */
public final class PruneTable implements PruneReport {

    private static final Details NOTHING = new Details(OptionalLong.empty(), OptionalLong.empty(), "-");

    private final boolean dryRun;

    PruneTable(boolean dryRun) {
        this.dryRun = dryRun;
    }

    @Override
    public void result(Job job, Pruner.Result result) {
        if (job.pruning().never()) {
            System.out.println(job.name() + ": nothing is pruned here (prune=never)");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        result.plan().decisions().forEach(decision -> rows.add(row(decision, result)));
        result.failed().keySet().stream()
                .filter(name -> result.plan().decisions().stream()
                        .noneMatch(decision -> decision.folder().equals(name)))
                .forEach(name -> rows.add(List.of(
                        Text.line(name), "NOT deleted: " + result.failed().get(name))));
        int[] widths = widths(rows);
        rows.forEach(row -> System.out.println(line(job.name(), row, widths)));
        if (rows.isEmpty()) {
            System.out.println(job.name() + ": there is nothing in " + job.root());
        } else if (job.retention().keepsAll()) {
            System.out.println(job.name() + ": kept: everything, for the policy is empty (no keep rule, or keep=all)");
        }
    }

    /** The folder, its details after a dry run, and the reason. */
    private List<String> row(Decision decision, Pruner.Result result) {
        String failed = result.failed().get(decision.folder());
        String reason = failed == null ? reason(decision) : "NOT removed: " + failed;
        String folder = Text.line(decision.folder());
        if (!dryRun) {
            return List.of(folder, reason);
        }
        Details details = result.details().getOrDefault(decision.folder(), NOTHING);
        return List.of(
                folder,
                known(details.size(), Text::size),
                known(details.files(), files -> files + (files == 1 ? " file" : " files")),
                details.verification(),
                reason);
    }

    private static String known(OptionalLong value, java.util.function.LongFunction<String> words) {
        return value.isPresent() ? words.apply(value.getAsLong()) : "-";
    }

    private String reason(Decision decision) {
        return dryRun && decision.remove()
                ? decision.reason().replaceFirst("^removed", "would be removed")
                : decision.reason();
    }

    private static int[] widths(List<List<String>> rows) {
        int[] widths = {10, 0, 0, 0, 0};
        for (List<String> row : rows) {
            for (int i = 0; i < row.size() - 1; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        return widths;
    }

    private static String line(String job, List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder(job);
        for (int i = 0; i < row.size(); i++) {
            String cell = row.get(i);
            String space = " ".repeat(i == row.size() - 1 ? 0 : widths[i] - cell.length());
            // Align numbers to the right.
            boolean number = i == 1 && row.size() > 2;
            line.append("  ").append(number ? space + cell : cell + space);
        }
        return line.toString();
    }

    @Override
    public void failed(Job job, String problem) {}

    @Override
    public void end() {}
}
