package dev.offsite.command;

import java.util.List;
import java.util.Map;

/**
 * How a run ended, for the command after it.
 *
 * @param files number of files that were shipped
 * @param bytes of these files
 * @param notShipped number of files that were not
 * @param folders absolute paths on the target of the dated folders that they are in
 * @param reason why the run failed, in one line; empty if it did not
 */
public record RunEnd(int files, long bytes, int notShipped, List<String> folders, String reason) {

    /** A run that shipped nothing. */
    static RunEnd failed(String reason) {
        return new RunEnd(0, 0, 0, List.of(), reason);
    }

    RunEnd withReason(String instead) {
        return new RunEnd(files, bytes, notShipped, folders, instead);
    }

    boolean succeeded() {
        return reason.isEmpty();
    }

    Map<String, String> environment() {
        return Map.of(
                "OFFSITE_EVENT", !succeeded() ? "failed" : files > 0 ? "shipped" : "nothing",
                "OFFSITE_FILES", String.valueOf(files),
                "OFFSITE_BYTES", String.valueOf(bytes),
                "OFFSITE_NOT_SHIPPED", String.valueOf(notShipped),
                "OFFSITE_FOLDERS", String.join("\n", folders),
                "OFFSITE_REASON", reason);
    }
}
