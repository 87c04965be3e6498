package dev.offsite.restore;

import dev.offsite.history.HistoryEntry;
import dev.offsite.io.Text;
import dev.offsite.sftp.RemotePath;
import dev.offsite.status.Observation;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
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

    /** For the history. */
    public Observation ended(Clock clock) {
        String reason = targetFailure.isEmpty()
                ? failed.entrySet().stream()
                        .findFirst()
                        .map(first -> first.getKey() + ": " + first.getValue())
                        .orElse("")
                : targetFailure;
        return new Observation.Ended(new HistoryEntry(
                job,
                HistoryEntry.Verb.RESTORE,
                succeeded() ? HistoryEntry.Result.OK : HistoryEntry.Result.FAILED,
                clock.instant(),
                Duration.ofNanos(nanos),
                files,
                bytes,
                failed.size(),
                List.of(RemotePath.name(from)),
                Text.line(reason)));
    }

    /** For the history: a restore that could not begin. */
    public static Observation failed(String job, String reason, Clock clock) {
        return new Observation.Ended(new HistoryEntry(
                job,
                HistoryEntry.Verb.RESTORE,
                HistoryEntry.Result.FAILED,
                clock.instant(),
                Duration.ZERO,
                0,
                0,
                1,
                List.of(),
                Text.line(reason)));
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
