package dev.offsite.doctor;

import dev.offsite.verify.HashCapabilityProbe.Kind;
import dev.offsite.verify.HashCapabilityProbe.Outcome;

/** Turns the result of one hash command into a finding. */
public final class HashingFinding {

    private HashingFinding() {}

    static Finding of(Outcome outcome) {
        String subject = outcome.kind() == Kind.REFUSED ? "" : outcome.command().words();
        String said = outcome.said().isEmpty() ? "" : " (it says: %s)".formatted(outcome.said());
        return new Finding(Check.HASH_COMMAND, subject, result(outcome.kind()), detail(outcome, said));
    }

    private static Result result(Kind kind) {
        return switch (kind) {
            case WORKS -> Result.OK;
            case ABSENT, REFUSED, NO_HASH -> Result.NONE;
            case UNSEEN, WRONG, CUT -> Result.WARN;
        };
    }

    private static String detail(Outcome outcome, String said) {
        return switch (outcome.kind()) {
            case WORKS -> outcome.way().orElseThrow().many() ? "works" : "works, one file at a time";
            case ABSENT -> "not there";
            case REFUSED -> "the server runs no commands" + said;
            case UNSEEN -> "does not find the file" + said;
            case WRONG -> "WRONG ANSWER: another hash than the file has; it is not believed";
            case CUT -> "does not come to an end" + said;
            case NO_HASH -> "gives no hash" + said;
        };
    }
}
