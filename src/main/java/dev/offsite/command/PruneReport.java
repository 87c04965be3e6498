package dev.offsite.command;

import dev.offsite.job.Job;
import dev.offsite.transfer.Prune;

/** How the command says what pruning came to. */
interface PruneReport {

    /** Takes what came of a job. */
    void result(Job job, Prune.Result result);

    /** Takes why nothing came of a job. */
    void failed(Job job, String problem);

    /** Has taken all. */
    void end();
}
