package dev.offsite.transfer;

import dev.offsite.io.HashedFile;
import dev.offsite.job.VerificationMethod;
import java.util.Optional;

/**
 * The result for one file.
 *
 * @param name below the top, as it is at the destination unless it failed; empty if a single file is transferred
 * @param size bytes of what is on the server; negative if unknown
 * @param sha256 of what is on the server, lower-case hex, or null if not verified, like {@code verification}
 * @param content what that has inside, if it is encrypted and that is known
 * @param reason of the failure, in one line; empty if there is none
 */
public record FileOutcome(
        String name,
        State state,
        long size,
        String sha256,
        VerificationMethod verification,
        Optional<HashedFile> content,
        String reason) {

    static FileOutcome failed(String name, long size, String reason) {
        return new FileOutcome(name, State.FAILED, size, null, null, Optional.empty(), reason);
    }

    public enum State {
        TRANSFERRED,
        /** The same file was already there, as verified. */
        PRESENT,
        FAILED
    }
}
