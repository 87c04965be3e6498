package dev.offsite.sftp;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.job.Target;

/**
 * What reaches one target.
 *
 * @param target the server
 * @param sftp URI of its camel-ftp endpoint, without secrets
 * @param commands what it runs with the login for uploads
 * @param hashing what runs the hash commands: the same, or a login of its own
 * @param sessions SFTP connections for what camel-ftp's producer cannot do, and for commands
 * @param slots for the uploads to it
 * @param throttle what file contents must go through, there and back
 */
public record TargetConnection(
        Target target,
        String sftp,
        RemoteExec commands,
        RemoteExec hashing,
        SftpSessionPool sessions,
        UploadPermits slots,
        Throttle throttle) {

    TargetConnection with(Throttle other) {
        return new TargetConnection(target, sftp, commands, hashing, sessions, slots, other);
    }
}
