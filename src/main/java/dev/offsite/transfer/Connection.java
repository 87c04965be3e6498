package dev.offsite.transfer;

import dev.offsite.job.Target;
import dev.offsite.proof.SshClients;

/**
 * What reaches one target.
 *
 * @param target the server
 * @param sftp URI of its camel-ftp endpoint, without secrets
 * @param commands what its commands go through
 * @param sessions SFTP connections for what camel-ftp's producer cannot do
 * @param slots for the uploads to it
 * @param throttle what file contents must go through, there and back
 */
public record Connection(
        Target target,
        String sftp,
        CommandAccess commands,
        RemoteSessions sessions,
        UploadSlots slots,
        Throttle throttle) {

    /** URI of its camel-ssh endpoint, without secrets. */
    public String ssh() {
        return commands.uri();
    }

    /** Makes the SSH clients of camel-ssh. */
    public SshClients clients() {
        return commands.clients();
    }

    Connection with(Throttle other) {
        return new Connection(target, sftp, commands, sessions, slots, other);
    }
}
