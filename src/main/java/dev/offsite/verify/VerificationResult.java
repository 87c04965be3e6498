package dev.offsite.verify;

import dev.offsite.job.VerificationMethod;
import java.util.Optional;

/**
 * What came of the verification of one file on the server.
 *
 * @param state whether it has the bytes it should have
 * @param verification by what it was verified; empty unless it was
 * @param reason why it was not, in one line; empty where it was
 */
public record VerificationResult(State state, Optional<VerificationMethod> verification, String reason) {

    /** The outcomes. */
    public enum State {
        /** It has the bytes it should have. */
        VERIFIED,
        /** It has others. */
        DIFFERENT,
        /** There is no regular file. */
        MISSING,
        /** Nothing that the job accepts could be found out. */
        UNVERIFIED
    }

    static VerificationResult verified(VerificationMethod verification) {
        return new VerificationResult(State.VERIFIED, Optional.of(verification), "");
    }

    /** What a hash says. */
    static VerificationResult of(ExpectedFile claim, String hash, VerificationMethod verification) {
        return hash.equals(claim.sha256())
                ? verified(verification)
                : not(
                        State.DIFFERENT,
                        "the copy differs: its SHA-256 on the server is %s, it should be %s"
                                .formatted(hash, claim.sha256()));
    }

    static VerificationResult not(State state, String reason) {
        return new VerificationResult(state, Optional.empty(), reason);
    }

    /** Whether it has the bytes it should have. */
    public boolean isVerified() {
        return state == State.VERIFIED;
    }
}
