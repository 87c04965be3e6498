package dev.offsite.transfer;

import dev.offsite.job.Target;

/**
 * What reaches one target.
 *
 * @param target the server
 * @param sftp URI of its camel-ftp endpoint, without secrets
 * @param commands what it runs for us
 * @param sessions SFTP connections for what camel-ftp's producer cannot do, and for commands
 * @param slots for the uploads to it
 * @param throttle what file contents must go through, there and back
 */
public record Connection(
        Target target,
        String sftp,
        ServerCommands commands,
        RemoteSessions sessions,
        UploadSlots slots,
        Throttle throttle) {

    Connection with(Throttle other) {
        return new Connection(target, sftp, commands, sessions, slots, other);
    }
}
