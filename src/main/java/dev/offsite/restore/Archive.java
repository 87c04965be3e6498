package dev.offsite.restore;

import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.transfer.Connections;
import dev.offsite.transfer.ProofLog;

/** What lies off-site for all jobs. */
public final class Archive {

    private final Jobs jobs;
    private final Connections connections;
    private final ProofLog proofs;

    public Archive(Jobs jobs, Connections connections, ProofLog proofs) {
        this.jobs = jobs;
        this.connections = connections;
        this.proofs = proofs;
    }

    /**
     * That of one job; nothing is asked of the server yet.
     *
     * @throws IllegalArgumentException if there is no such job
     */
    public Shelf of(String name) {
        Job job = jobs.get(name);
        return new Shelf(job, connections.to(job), proofs);
    }
}
