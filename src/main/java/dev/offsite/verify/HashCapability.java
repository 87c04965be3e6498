package dev.offsite.verify;

import java.time.Instant;
import java.util.List;

/**
 * How a target hashes files, as far as is known.
 *
 * @param ways the preferred method first, then one for names that it cannot handle; empty if there is none
 * @param why why it cannot hash files, in one line; empty if it can
 */
public record HashCapability(List<HashMethod> ways, Instant at, String why) {

    static final Instant NEVER = Instant.MIN;

    /** For a target that was never probed. */
    static final HashCapability UNKNOWN = new HashCapability(List.of(), NEVER, "");

    /** Whether no hash command is known. */
    boolean isNone() {
        return ways.isEmpty();
    }
}
