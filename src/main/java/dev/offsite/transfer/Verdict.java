package dev.offsite.transfer;

import dev.offsite.proof.Proof;
import java.util.Optional;

/**
 * What came of the proof of one file on the server.
 *
 * @param state whether it has the bytes it should have
 * @param proof by what it was proven; empty unless it was
 * @param reason why it was not, in one line; empty where it was
 */
public record Verdict(State state, Optional<Proof> proof, String reason) {

    /** The outcomes. */
    public enum State {
        /** It has the bytes it should have. */
        PROVEN,
        /** It has others. */
        DIFFERENT,
        /** There is no regular file. */
        MISSING,
        /** Nothing that the job accepts could be found out. */
        UNPROVEN
    }

    static Verdict proven(Proof proof) {
        return new Verdict(State.PROVEN, Optional.of(proof), "");
    }

    /** What a hash says. */
    static Verdict of(Claim claim, String hash, Proof proof) {
        return hash.equals(claim.sha256())
                ? proven(proof)
                : not(
                        State.DIFFERENT,
                        "the copy differs: its SHA-256 on the server is %s, it should be %s"
                                .formatted(hash, claim.sha256()));
    }

    static Verdict not(State state, String reason) {
        return new Verdict(state, Optional.empty(), reason);
    }

    /** Whether it has the bytes it should have. */
    public boolean isProven() {
        return state == State.PROVEN;
    }
}
