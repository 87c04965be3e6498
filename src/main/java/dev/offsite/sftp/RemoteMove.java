package dev.offsite.sftp;

import java.time.Instant;
import java.util.Optional;

/**
 * A rename on the server.
 *
 * @param from absolute
 * @param to absolute; an existing file is replaced
 * @param modified the modification time to set
 */
public record RemoteMove(String from, String to, Instant modified) {

    /** Renames without the pipeline; returns why it failed, or empty. */
    Optional<SftpStatusException> oneByOne(SftpSession remote) {
        try {
            remote.rename(from, to);
        } catch (SftpStatusException e) {
            return Optional.of(e);
        }
        try {
            remote.setModified(to, modified);
        } catch (SftpStatusException e) {
            // Some servers do not let clients set times; the copy is still good.
        }
        return Optional.empty();
    }
}
