package dev.offsite.support;

import dev.offsite.job.CronTimes;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import java.util.List;
import java.util.Optional;

/** A configuration with one job, without drills and schedules. */
public record OneJob(Job job) implements Jobs {
    @Override
    public List<Job> all() {
        return List.of(job);
    }

    @Override
    public Job get(String name) {
        return job;
    }

    @Override
    public Optional<String> drillCommand(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<CronTimes> schedule(String name) {
        return Optional.empty();
    }
}
