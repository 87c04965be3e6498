package dev.offsite.job;

import java.util.List;
import java.util.Optional;

/** The jobs that are configured. */
public interface Jobs {

    /** The route template that makes a job. */
    String TEMPLATE = "ship";

    /** All jobs, in the order of their routes. */
    List<Job> all();

    /**
     * The job of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    Job get(String name);

    /**
     * What a drill of that job runs on the copies that it has restored; empty for nothing.
     *
     * @throws IllegalArgumentException if there is no such job
     */
    Optional<String> drillCommand(String name);

    /** The names of all jobs. */
    default List<String> names() {
        return all().stream().map(Job::name).toList();
    }
}
