package dev.offsite.job;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The configured jobs. */
public interface Jobs {

    /** The name of the route template for jobs. */
    String TEMPLATE = "ship";

    /** All jobs, in the order of their routes. */
    List<Job> all();

    /** Fails with {@link IllegalArgumentException} if there is no job with that name */
    Job get(String name);

    /** The shell command that a drill of that job runs on the restored copies, if any. */
    Optional<String> drillCommand(String name);

    /**
     * The shell commands around each one-shot or scheduled run of a job.
     *
     * @param timeout after which each of them is ended
     */
    record Commands(Optional<String> before, Optional<String> after, Optional<String> failure, Duration timeout) {

        public static final Commands NONE =
                new Commands(Optional.empty(), Optional.empty(), Optional.empty(), Duration.ZERO);

        public boolean isEmpty() {
            return before.isEmpty() && after.isEmpty() && failure.isEmpty();
        }
    }

    default Commands commands(String name) {
        return Commands.NONE;
    }

    /** When the service looks for new files of that job; empty if it polls. */
    Optional<CronTimes> schedule(String name);

    /** The URL of the dead man's switch that the service pings for that job; empty if there is none. */
    default Optional<String> ping(String name) {
        return Optional.empty();
    }

    default List<String> names() {
        return all().stream().map(Job::name).toList();
    }
}
