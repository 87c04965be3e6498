package dev.offsite.transfer;

import dev.offsite.job.VerificationMethod;

/**
 * What came of one file.
 *
 * @param name below the top; empty for one file alone
 * @param state what became of it
 * @param size bytes; negative where that is not known
 * @param sha256 lower-case hex, or null unless it is verified
 * @param verification how it was verified, or null unless it is
 * @param reason why it was not, in one line; empty where it was
 */
public record FileOutcome(
        String name, State state, long size, String sha256, VerificationMethod verification, String reason) {

    /** The outcomes. */
    public enum State {
        /** Transferred and verified. */
        TRANSFERRED,
        /** It was there already, verified to be the same. */
        PRESENT,
        /** Not transferred, or not verified. */
        FAILED
    }
}
