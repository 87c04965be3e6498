package dev.offsite.ship;

import dev.offsite.cluster.Cluster;
import dev.offsite.command.JobCommands;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.PartNames;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.source.Readiness;
import dev.offsite.source.SourceChecksums;
import dev.offsite.verify.KnownTrouble;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.Verifier;
import java.time.Clock;
import org.apache.camel.CamelContext;

/** What runs, their completion and their recovery share. */
public record ShipContext(
        CamelContext camel,
        Cluster cluster,
        Jobs jobs,
        TargetConnections connections,
        Ledger ledger,
        JobStatus statuses,
        JobCommands commands,
        DatedFolderLocks folders,
        Verifier verifier,
        VerificationLog verifications,
        KnownTrouble trouble,
        PartNames partNames,
        Clock clock,
        FailureLog log) {

    /** {@code polled}: whether the commands around the job's runs may have written the files */
    SourceChecksums checksums(Job job, boolean polled) {
        return new SourceChecksums(job.source(), polled ? commands.readiness(job) : Readiness.of(job));
    }
}
