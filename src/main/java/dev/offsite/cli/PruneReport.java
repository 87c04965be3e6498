package dev.offsite.cli;

import dev.offsite.job.Job;
import dev.offsite.prune.Pruner;

/** How the command says what pruning came to. */
public interface PruneReport {

    /** Takes what came of a job. */
    void result(Job job, Pruner.Result result);

    /** Takes why nothing came of a job. */
    void failed(Job job, String problem);

    /** Has taken all. */
    void end();
}
