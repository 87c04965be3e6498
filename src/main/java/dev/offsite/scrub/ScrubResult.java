package dev.offsite.scrub;

import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The result of scrubbing a job.
 *
 * @param checked how many copies were verified or found damaged
 * @param bytes of the checked copies
 * @param nanos duration
 * @param left how many copies were not checked, because of the budget or an interruption
 * @param sizeOnly how many checked copies were only compared by size, as the target allows
 * @param findings in the order in which they were found
 * @param problem why the scrub did not finish, or null
 */
public record ScrubResult(
        String job,
        int checked,
        long bytes,
        long nanos,
        int left,
        int sizeOnly,
        List<Finding> findings,
        FailureMessages problem) {

    public enum Kind {
        /** A copy that SHA256SUMS lists has other bytes. */
        CHANGED,
        /** A copy that SHA256SUMS lists does not exist. */
        MISSING,
        /** A file that SHA256SUMS does not list, so its expected content is unknown. */
        EXTRA,
        /** SHA256SUMS itself is missing or unreadable, or no longer lists a verified copy. */
        UNLISTED,
        /** SHA256SUMS lists other bytes than were verified from here. */
        REWRITTEN,
        /** It could not be checked. */
        UNCHECKED;

        /** The word in summaries and JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * {@code name} is below the dated {@code folder}, with slashes; empty for the folder itself.
     *
     * @param reason in one line
     * @param healed whether it was shipped or listed again, and verified
     */
    public record Finding(Kind kind, String folder, String name, String reason, boolean healed) {

        /** Below the job's root. */
        public String path() {
            return RemotePath.below(folder, name);
        }

        Finding healed(boolean now) {
            return new Finding(kind, folder, name, reason, now);
        }
    }

    /** Whether nothing was found and the scrub finished. */
    public boolean clean() {
        return findings.isEmpty() && problem == null;
    }

    public int count(Kind kind) {
        return count(finding -> finding.kind() == kind);
    }

    /** How many were repaired. */
    public int healed() {
        return count(Finding::healed);
    }

    private int count(Predicate<Finding> which) {
        return (int) findings.stream().filter(which).count();
    }
}
