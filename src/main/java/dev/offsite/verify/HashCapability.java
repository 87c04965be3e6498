package dev.offsite.verify;

import java.time.Instant;
import java.util.List;

/**
 * What is known of how a target hashes files.
 *
 * @param ways the one to use, and another for what it does not take; empty where it hashes none
 * @param at when that was found out
 * @param why it hashes none, in one line; empty where it does
 */
public record HashCapability(List<HashMethod> ways, Instant at, String why) {

    /** When it was not found out yet. */
    static final Instant NEVER = Instant.MIN;

    /** Of a target that was never asked. */
    static final HashCapability UNKNOWN = new HashCapability(List.of(), NEVER, "");

    /** Whether the target hashes no files, as far as we know. */
    boolean isNone() {
        return ways.isEmpty();
    }
}
