package dev.offsite.component;

import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.SingleNode;
import dev.offsite.io.Clocks;
import dev.offsite.io.StateFolder;
import dev.offsite.job.CronTimes;
import dev.offsite.job.Job;
import dev.offsite.job.ScheduleLog;
import dev.offsite.ship.RunCommands;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.apache.camel.Consumer;
import org.apache.camel.RouteAware;
import org.apache.camel.support.DefaultScheduledPollConsumerScheduler;
import org.apache.camel.support.ScheduledPollConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Polls at the times of a schedule, or at intervals if it has none. Looks at the clock every second, so that neither a
 * clock that was changed nor a service that was not running keeps a run from happening: a run that was missed within the
 * last day happens late, once. Camel's Quartz scheduler waits for a moment that was computed before.
 */
public final class CronOrIntervalScheduler extends DefaultScheduledPollConsumerScheduler {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final long LOOK_MILLIS = 1000;

    /** A run that begins later than this was missed. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private String cron;
    private ZoneId zone = ZoneId.systemDefault();
    private ScheduledPollConsumer consumer;
    private Clock clock;
    private CronTimes times;
    private ScheduleLog log;
    /** Empty for a schedule of something else. */
    private Optional<Job> job = Optional.empty();

    private Instant free = Instant.MIN;
    private String problem = "";

    public void setCron(String cron) {
        this.cron = cron;
    }

    public void setTimeZone(String zone) {
        // A plus sign in a URI is decoded as a blank.
        this.zone = ZoneId.of(zone.replace(' ', '+'));
    }

    @Override
    public void onInit(Consumer polling) {
        super.onInit(polling);
        consumer = (ScheduledPollConsumer) polling;
        clock = Clocks.of(getCamelContext());
        times = cron == null ? null : new CronTimes(cron, zone);
        setDelay(cron == null ? consumer.getDelay() : LOOK_MILLIS);
        setInitialDelay(cron == null ? consumer.getInitialDelay() : LOOK_MILLIS);
    }

    @Override
    public void scheduleTask(Runnable task) {
        super.scheduleTask(cron == null ? task : () -> look(task));
    }

    /** An exception would end the schedule for ever. */
    private void look(Runnable task) {
        try {
            runIfDue(task);
            problem = "";
        } catch (RuntimeException e) {
            if (!e.toString().equals(problem)) {
                LOG.error("{}: the schedule: {}", name(), e.getMessage());
                LOG.debug("{}", name(), e);
            }
            problem = e.toString();
        }
    }

    private void runIfDue(Runnable task) {
        OffsiteComponent component = getCamelContext().getComponent("offsite", OffsiteComponent.class);
        if (component.stopsRuns() || consumer.isSuspendingOrSuspended() || !consumer.isStarted()) {
            return;
        }
        if (log == null) {
            job = component.services().jobs().all().stream()
                    .filter(one -> one.name().equals(name()))
                    .findFirst();
            log = new ScheduleLog(
                    isForOneNode(component) ? cluster(component).state() : new StateFolder(component.getState()),
                    name());
        }
        Instant now = clock.instant();
        RunCommands commands = component.services().runs().commands();
        if (job.filter(commands::mustWait).isPresent()) {
            free = now;
            return;
        }
        Optional<Instant> due = log.due(times, now);
        if (due.isEmpty()) {
            return;
        }
        Cluster nodes = isForOneNode(component) ? cluster(component) : new SingleNode(null);
        // It is held during the run: if this node dies, it ends, and as nothing was noted, another one runs it.
        Optional<Cluster.Lock> turn = nodes.lock("schedule " + name(), Duration.ZERO);
        if (turn.isEmpty()) {
            return;
        }
        try (Cluster.Lock held = turn.get()) {
            if (nodes.isShared()) {
                due = log.again().due(times, now);
            }
            due.ifPresent(time -> {
                say(time, now);
                boolean happened = happens(commands, task);
                free = clock.instant();
                if (happened) {
                    log.ran(time, now);
                }
            });
        }
    }

    private static Cluster cluster(OffsiteComponent component) {
        return component.services().cluster();
    }

    /** All nodes of a cluster ship at the same time, but one prunes, scrubs, drills, and runs the commands of a job. */
    private boolean isForOneNode(OffsiteComponent component) {
        return job.isEmpty() || component.services().commands().has(name());
    }

    private boolean happens(RunCommands commands, Runnable task) {
        if (job.isPresent()) {
            return commands.scheduled(job.get(), task);
        }
        task.run();
        return true;
    }

    private void say(Instant due, Instant now) {
        times.skipped(due.minus(Duration.ofDays(1)), due.plusMillis(1)).stream()
                .filter(skipped -> skipped.instead().equals(due))
                .forEach(skipped -> LOG.info(
                        "{}: the run of {} is now, since the clocks in {} skip that time",
                        name(),
                        skipped.time(),
                        zone));
        // Not one that had to wait for the run before it.
        if (due.plus(LATE).isBefore(now) && due.isAfter(free)) {
            LOG.info(
                    "{}: the run of {} was missed (nothing ran then, or the clock was changed) and is made up for now",
                    name(),
                    LocalDateTime.ofInstant(due, zone));
        }
    }

    private String name() {
        return ((RouteAware) consumer).getRoute().getRouteId();
    }
}
