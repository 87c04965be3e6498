package dev.offsite.transfer;

import dev.offsite.job.VerificationMethod;

/**
 * The result for one file.
 *
 * @param name below the top; empty if a single file is transferred
 * @param size bytes; negative if unknown
 * @param sha256 lower-case hex, or null if not verified, like {@code verification}
 * @param reason of the failure, in one line; empty if there is none
 */
public record FileOutcome(
        String name, State state, long size, String sha256, VerificationMethod verification, String reason) {

    public enum State {
        TRANSFERRED,
        /** The same file was already there, as verified. */
        PRESENT,
        FAILED
    }
}
