package dev.offsite.sftp;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.io.Activity;
import dev.offsite.job.Target;

/**
 * Everything needed to reach one target.
 *
 * @param target the server
 * @param sftp URI of its camel-ftp endpoint, without secrets
 * @param commands runs commands with the upload login
 * @param hashing runs the hash commands, with the upload login or a separate one
 * @param sessions SFTP sessions for what camel-ftp's producer cannot do, and for commands
 * @param slots permits for uploads to this target
 * @param throttle limits file contents in both directions
 * @param activity the signs of life of all work there
 */
public record TargetConnection(
        Target target,
        String sftp,
        RemoteExec commands,
        RemoteExec hashing,
        SftpSessionPool sessions,
        UploadPermits slots,
        Throttle throttle,
        Activity activity) {

    TargetConnection with(Throttle other) {
        return new TargetConnection(
                target, sftp, commands, hashing, sessions, slots, other.telling(activity::sign), activity);
    }
}
