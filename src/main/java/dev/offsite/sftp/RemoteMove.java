package dev.offsite.sftp;

import java.time.Instant;
import java.util.Optional;

/**
 * A rename on the server.
 *
 * @param from absolute
 * @param to absolute; what is there is replaced
 * @param modified the time of last change that the file is to have
 */
public record RemoteMove(String from, String to, Instant modified) {

    /** Does it, waiting for each answer; why it was not done, or empty. */
    Optional<SftpStatusException> oneByOne(SftpSession remote) {
        try {
            remote.rename(from, to);
        } catch (SftpStatusException e) {
            return Optional.of(e);
        }
        try {
            remote.setModified(to, modified);
        } catch (SftpStatusException e) {
            // No copy is worth less on a server that lets nobody set times.
        }
        return Optional.empty();
    }
}
