package dev.offsite.cli;

import dev.offsite.job.CronTimes;
import dev.offsite.job.Job;
import dev.offsite.job.JobParser;
import dev.offsite.job.Jobs;
import dev.offsite.job.Setting;
import dev.offsite.openssh.SshConfigs;
import dev.offsite.openssh.Surroundings;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.util.TimeUtils;

/**
 * The jobs as the configuration alone says them, without routes: for commands that only look at what is remembered here. They know no
 * secrets.
 */
record ConfiguredJobs(Configuration configuration) implements Jobs {

    @Override
    public List<Job> all() {
        return configuration.jobs().stream().map(this::get).toList();
    }

    @Override
    public Job get(String name) {
        if (!configuration.jobs().contains(name)) {
            throw new IllegalArgumentException("There is no job '%s'".formatted(name));
        }
        Map<String, String> values = new HashMap<>();
        for (Setting setting : Setting.ofJob()) {
            text(name, setting).ifPresent(value -> values.put(setting.key(), value));
        }
        return new JobParser(
                        values,
                        key -> !configuration.written().containsKey(Setting.jobKey(name, key)),
                        text -> Duration.ofMillis(TimeUtils.toMilliSeconds(text)),
                        new SshConfigs(Surroundings.ofThisProcess()))
                .job(name);
    }

    @Override
    public Optional<String> drillCommand(String name) {
        return text(name, Setting.DRILL_COMMAND);
    }

    @Override
    public Optional<CronTimes> schedule(String name) {
        return text(name, Setting.SCHEDULE)
                .map(cron -> new CronTimes(cron, get(name).zone()));
    }

    private Optional<String> text(String job, Setting setting) {
        // Of limit, there is one of each job and one of all: they are two settings.
        String value = setting.scope() == Setting.Scope.JOB
                ? configuration.values().getOrDefault(setting.jobKey(job), "")
                : configuration.resolved(job, setting);
        return Optional.of(value).filter(some -> !some.isEmpty());
    }
}
