package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.prune.Pruner;

/** Prints prune results. */
public interface PruneReport {

    void result(Job job, Pruner.Result result);

    /** The job could not be pruned at all. */
    void failed(Job job, String problem);

    /** Called after the last job. */
    void end();
}
