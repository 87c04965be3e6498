package dev.offsite.sftp;

import dev.offsite.bandwidth.Throttle;
import dev.offsite.io.Activity;
import dev.offsite.io.Text;
import dev.offsite.io.UploadPermits;
import dev.offsite.job.Target;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * @param modesSaid whether it was said that modes cannot be set
 */
public record TargetConnection(
        Target target,
        String sftp,
        RemoteExec commands,
        RemoteExec hashing,
        SftpSessionPool sessions,
        UploadPermits slots,
        Throttle throttle,
        Activity activity,
        AtomicBoolean modesSaid) {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    TargetConnection with(Throttle other) {
        return new TargetConnection(
                target, sftp, commands, hashing, sessions, slots, other.telling(activity::sign), activity, modesSaid);
    }

    /** Says once that copies may be more open than their sources. */
    public void modesRefused(SftpStatusException refusal) {
        if (modesSaid.compareAndSet(false, true)) {
            LOG.warn(
                    "{} does not let modes be set ({}): more users may read a copy there than its source here",
                    target,
                    Text.line(String.valueOf(refusal.getMessage())));
        }
    }
}
