package dev.offsite.verify;

import dev.offsite.job.VerificationMethod;
import java.util.Optional;

/**
 * The result of verifying one file on the server.
 *
 * @param verification the method used; empty unless verified
 * @param reason why it is not verified, in one line; empty if it is
 */
public record VerificationResult(State state, Optional<VerificationMethod> verification, String reason) {

    public enum State {
        VERIFIED,
        /** It has other bytes. */
        DIFFERENT,
        /** There is no regular file. */
        MISSING,
        /** No verification that the job accepts gave an answer. */
        UNVERIFIED
    }

    static VerificationResult verified(VerificationMethod verification) {
        return new VerificationResult(State.VERIFIED, Optional.of(verification), "");
    }

    static VerificationResult of(ExpectedFile file, String hash, VerificationMethod verification) {
        if (hash.equals(file.sha256())) {
            return verified(verification);
        }
        String reason = "the copy differs: its SHA-256 on the server is %s, it should be %s";
        return not(State.DIFFERENT, reason.formatted(hash, file.sha256()));
    }

    static VerificationResult not(State state, String reason) {
        return new VerificationResult(state, Optional.empty(), reason);
    }

    public boolean isVerified() {
        return state == State.VERIFIED;
    }

    /** Whether only the sizes were compared. */
    public boolean isBySize() {
        return verification.filter(VerificationMethod.SIZE::equals).isPresent();
    }
}
