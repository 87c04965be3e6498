package dev.offsite.restore;

import dev.offsite.io.Text;
import java.nio.file.Path;
import java.util.Map;

/**
 * The result of a restore.
 *
 * @param from the dated folder, absolute on the server
 * @param files how many were downloaded and verified
 * @param bytes of those files
 * @param already how many were already there with the right bytes
 * @param unverified how many files were restored that the manifest does not list
 * @param failed name to the reason why it was not restored, by name
 * @param targetFailure why the target cannot be reached or refuses; empty if it is not the cause
 */
public record RestoreResult(
        String job,
        String from,
        Path to,
        int files,
        long bytes,
        long nanos,
        int already,
        int unverified,
        Map<String, String> failed,
        String targetFailure) {

    public boolean succeeded() {
        return failed.isEmpty() && targetFailure.isEmpty();
    }

    public String summary() {
        String restored = unverified > 0 ? "restored" : "restored and verified";
        return "%s: %d %s %s from %s to %s"
                        .formatted(job, files, files == 1 ? "file" : "files", restored, from, Text.line(to.toString()))
                + (files > 0 ? " (%s in %s s)".formatted(Text.size(bytes), Text.seconds(nanos)) : "")
                + (unverified > 0 ? ", %d of them NOT verified".formatted(unverified) : "")
                + (already > 0 ? ", %d already there".formatted(already) : "")
                + (failed.isEmpty() ? "" : ", %d NOT restored".formatted(failed.size()));
    }
}
