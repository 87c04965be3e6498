package dev.offsite.component;

/** What an endpoint does: the path of its URI. */
public enum OffsiteOperation {
    /** Sends the file of a run, or of a put, to its hidden name. Only in the route that ships. */
    upload,
    /** Compares what arrived with what was sent. Only in the route that ships. */
    verify,
    /** Renames the copy to its final name and lists it in SHA256SUMS. Only in the route that ships. */
    publish,
    /** Ships one file for another route. */
    put,
    /** Brings one copy back. */
    get,
    /** Lists the dated folders of a job. */
    list,
    /** Brings a dated folder back, or some files of it. */
    restore,
    /** Removes the dated folders that no rule of the job keeps. */
    prune,
    /** Hashes copies on the target again. */
    scrub,
    /** Rehearses a restore. */
    drill,
    /** What happens to the jobs; consumer only. */
    events
}
