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
 * @param failed name to the reason why it was not restored
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
        StringBuilder line = new StringBuilder(job)
                .append(": ")
                .append(files)
                .append(files == 1 ? " file" : " files")
                .append(unverified > 0 ? " restored" : " restored and verified")
                .append(" from ")
                .append(from)
                .append(" to ")
                .append(Text.line(to.toString()));
        if (files > 0) {
            line.append(" (")
                    .append(Text.size(bytes))
                    .append(" in ")
                    .append(Text.seconds(nanos))
                    .append(" s)");
        }
        if (unverified > 0) {
            line.append(", ").append(unverified).append(" of them NOT verified");
        }
        if (already > 0) {
            line.append(", ").append(already).append(" already there");
        }
        if (!failed.isEmpty()) {
            line.append(", ").append(failed.size()).append(" NOT restored");
        }
        return line.toString();
    }
}
