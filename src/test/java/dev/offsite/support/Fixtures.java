package dev.offsite.support;

import dev.offsite.bandwidth.BandwidthLimit;
import dev.offsite.job.AfterCommitAction;
import dev.offsite.job.DatedBy;
import dev.offsite.job.DatedFolder;
import dev.offsite.job.HashProgram;
import dev.offsite.job.Job;
import dev.offsite.job.Modes;
import dev.offsite.job.PruneSettings;
import dev.offsite.job.SshPath;
import dev.offsite.job.Target;
import dev.offsite.job.VerificationMethod;
import dev.offsite.retention.RetentionPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;

/** A job to talk about. */
public final class Fixtures {

    static final Path KNOWN_HOSTS = Path.of("/etc/offsite/known_hosts");
    public static final String SECRET = "hunter2";

    private Fixtures() {}

    public static Job job(String name, String root) {
        return job(name, root, target(22));
    }

    public static Job job(String name, String root, Target target) {
        return job(name, Path.of("/backups"), root, AfterCommitAction.KEEP, null, target);
    }

    /** A job that ships that folder. */
    public static Job after(Path source, AfterCommitAction after, Path moveTo) {
        return job("db", source, "/srv/db", after, moveTo, target(22));
    }

    private static Job job(String name, Path source, String root, AfterCommitAction after, Path moveTo, Target target) {
        return new Job(
                name,
                source,
                root,
                Duration.ofSeconds(10),
                null,
                after,
                moveTo,
                DatedBy.RUN,
                DatedFolder.BASIC,
                ZoneId.systemDefault(),
                new RetentionPolicy(7),
                PruneSettings.DEFAULT,
                false,
                4,
                false,
                BandwidthLimit.NONE,
                Optional.empty(),
                Optional.empty(),
                target);
    }

    public static Target target(int port) {
        return new Target(
                "nas",
                port,
                "me",
                Path.of("/keys/id"),
                SECRET,
                SECRET,
                KNOWN_HOSTS,
                VerificationMethod.READBACK,
                SshPath.SAME,
                HashProgram.AUTO,
                null,
                Modes.KEEP);
    }
}
