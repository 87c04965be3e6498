package dev.offsite.catalog;

import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.verify.VerificationLog;

/** What lies off-site for all jobs. */
public final class BackupCatalog {

    private final Jobs jobs;
    private final TargetConnections connections;
    private final VerificationLog verifications;

    public BackupCatalog(Jobs jobs, TargetConnections connections, VerificationLog verifications) {
        this.jobs = jobs;
        this.connections = connections;
        this.verifications = verifications;
    }

    /**
     * That of one job; nothing is asked of the server yet.
     *
     * @throws IllegalArgumentException if there is no such job
     */
    public JobCatalog of(String name) {
        Job job = jobs.get(name);
        return new JobCatalog(job, connections.to(job), verifications);
    }
}
