package dev.offsite.restore;

import dev.offsite.io.Text;
import java.nio.file.Path;
import java.util.Map;

/**
 * What came of a restore.
 *
 * @param job its name
 * @param from the dated folder, absolute on the server
 * @param to the local folder
 * @param files how many arrived and were verified
 * @param bytes of those
 * @param nanos how long that took
 * @param already how many were there already, with the right bytes
 * @param unverified how many of the files are not in the manifest, and came all the same
 * @param failed name to the reason why it was not restored
 * @param targetFailure why the target cannot be reached or refuses us; empty if that is not why
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

    /** Whether all that was asked for is there. */
    public boolean succeeded() {
        return failed.isEmpty() && targetFailure.isEmpty();
    }

    /** One line for people. */
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
