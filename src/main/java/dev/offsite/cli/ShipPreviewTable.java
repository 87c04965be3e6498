package dev.offsite.cli;

import dev.offsite.cli.ShipPreview.Plan;
import dev.offsite.cli.ShipPreview.PlannedFile;
import dev.offsite.cli.ShipPreview.State;
import dev.offsite.io.Text;
import java.util.ArrayList;
import java.util.List;

/** What a ship would do, for people: a line for each file, then a summary. */
final class ShipPreviewTable {

    private ShipPreviewTable() {}

    /** @param commandFirst whether the job has a before-command */
    static String of(Plan plan, boolean commandFirst) {
        Table table = new Table(false, "", "", ">", "");
        for (PlannedFile file : plan.files()) {
            String size = file.size() < 0 ? "-" : Text.size(file.size());
            table.row(plan.job().name(), Text.line(file.name()), size, words(file));
        }
        return table.rows() + summary(plan, commandFirst) + System.lineSeparator();
    }

    private static String words(PlannedFile file) {
        return switch (file.state()) {
            case READY -> "would be shipped to " + Text.line(file.folder());
            case CHANGING -> "not ready: " + file.reason();
            case FAILED -> "would NOT be shipped: " + file.reason();
            case LEFT_OUT -> "left out: " + file.reason();
        };
    }

    private static String summary(Plan plan, boolean commandFirst) {
        List<String> parts = new ArrayList<>();
        int ready = plan.in(State.READY).size();
        if (ready > 0) {
            parts.add("%s would be shipped to %s on %s (%s)"
                    .formatted(
                            Text.files(ready),
                            Text.line(String.join(", ", plan.folders())),
                            plan.job().target(),
                            Text.size(plan.bytes())));
        } else {
            parts.add("nothing would be shipped now");
        }
        add(parts, plan.in(State.CHANGING).size(), "not ready yet");
        add(parts, plan.in(State.FAILED).size(), "would NOT be shipped");
        add(parts, plan.in(State.LEFT_OUT).size(), "left out");
        String line = plan.job().name() + ": " + String.join(", ", parts);
        if (plan.searches()) {
            line +=
                    "; the ledger here knows none of the job's files: a run first looks for them on the server, and sends"
                            + " what is not there";
        }
        if (commandFirst) {
            line += "; a run first runs before-command, and also ships what that writes";
        }
        return plan.problem().isEmpty() ? line : line + "; " + plan.problem();
    }

    private static void add(List<String> parts, int count, String what) {
        if (count > 0) {
            parts.add(Text.files(count) + " " + what);
        }
    }
}
