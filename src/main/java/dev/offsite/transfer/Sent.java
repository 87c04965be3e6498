package dev.offsite.transfer;

import dev.offsite.io.HashedFile;
import java.util.Optional;

/**
 * What was transferred.
 *
 * @param copy the bytes as they are on the server
 * @param content what they have inside, if they are encrypted and that is known
 */
public record Sent(HashedFile copy, Optional<HashedFile> content) {

    static Sent plain(HashedFile copy) {
        return new Sent(copy, Optional.empty());
    }
}
