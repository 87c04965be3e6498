package dev.offsite.catalog;

import dev.offsite.encryption.ContentLog;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.verify.VerificationLog;

/** The backups of all jobs. */
public record BackupCatalog(
        Jobs jobs, TargetConnections connections, VerificationLog verifications, ContentLog contents) {

    /**
     * The backups of one job. Does not contact the server.
     *
     * @throws IllegalArgumentException if the job does not exist
     */
    public JobCatalog of(String name) {
        Job job = jobs.get(name);
        return new JobCatalog(job, connections.to(job), verifications, contents);
    }
}
