package dev.offsite.transfer;

import dev.offsite.job.Target;
import dev.offsite.proof.SshClients;

/**
 * What reaches one target.
 *
 * @param target the server
 * @param sftp URI of its camel-ftp endpoint, without secrets
 * @param ssh URI of its camel-ssh endpoint, without secrets
 * @param sessions SFTP connections for what camel-ftp's producer cannot do
 * @param clients makes the SSH clients of camel-ssh
 * @param slots for the uploads to it
 * @param throttle what file contents must go through, there and back
 */
public record Connection(
        Target target,
        String sftp,
        String ssh,
        RemoteSessions sessions,
        SshClients clients,
        UploadSlots slots,
        Throttle throttle) {

    Connection with(Throttle other) {
        return new Connection(target, sftp, ssh, sessions, clients, slots, other);
    }
}
