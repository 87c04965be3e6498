package dev.offsite.scrub;

import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.RemotePath;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a scrub of a job found.
 *
 * @param job its name
 * @param checked how many copies came to a verdict
 * @param bytes of those
 * @param nanos how long it took
 * @param left how many copies were not looked at this time, for the budget or since the scrub was cut
 * @param sizeOnly how many of the checked ones the target allows to compare by size alone, which says little
 * @param findings all that is not as it should be, in the order in which it was found
 * @param problem why it came to no end, or null
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

    /** What may be wrong. */
    public enum Kind {
        /** A copy that SHA256SUMS lists has other bytes. */
        CHANGED("changed"),
        /** A copy that SHA256SUMS lists is not there. */
        MISSING("missing"),
        /** A file is there that SHA256SUMS does not list: nothing says what it should be. */
        EXTRA("extra"),
        /** SHA256SUMS itself is missing or cannot be read, or no longer lists a copy that was verified. */
        UNLISTED("unlisted"),
        /** It could not be found out whether a copy is well. */
        UNCHECKED("unchecked");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As it is written in summaries and JSON. */
        public String word() {
            return word;
        }

        /** Whether a backup is lost, as far as is known. */
        public boolean damage() {
            return this == CHANGED || this == MISSING || this == UNLISTED;
        }
    }

    /**
     * One thing that is wrong.
     *
     * @param folder the name of the dated folder
     * @param name below that, with slashes; empty for the folder itself
     * @param reason in one line
     * @param healed whether it was put right: shipped again, or listed again, and verified
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

    /** Whether all that was looked at is as it was, and nothing was cut. */
    public boolean clean() {
        return findings.isEmpty() && problem == null;
    }

    /** How many there are of that kind. */
    public int count(Kind kind) {
        return count(finding -> finding.kind() == kind);
    }

    /** How many were shipped again. */
    public int healed() {
        return count(Finding::healed);
    }

    private int count(Predicate<Finding> which) {
        return (int) findings.stream().filter(which).count();
    }
}
