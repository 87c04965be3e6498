package dev.offsite.status;

import dev.offsite.history.History;
import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobEvent;
import dev.offsite.job.Jobs;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Remembers what happens to the jobs, and finds out what is wrong with them now. */
public final class Monitor {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Jobs jobs;
    private final StatusReader reader;
    private final History history;
    private final Consumer<JobEvent> events;
    /** They hear of each check, with the reports of all jobs. */
    private final Queue<Consumer<List<JobReport>>> listeners = new ConcurrentLinkedQueue<>();

    private String problem = "";

    public Monitor(Jobs jobs, StatusReader reader, History history, Consumer<JobEvent> events) {
        this.jobs = jobs;
        this.reader = reader;
        this.history = history;
        this.events = events;
    }

    public StatusReader reader() {
        return reader;
    }

    public History history() {
        return history;
    }

    /** Adds a listener of checks. What it throws is logged; it must not take long. */
    public void onCheck(Consumer<List<JobReport>> listener) {
        listeners.add(listener);
    }

    /** Remembers a fact. A state that cannot be written never fails a run for this. */
    public synchronized void observe(Observation fact) {
        try {
            if (fact instanceof Observation.Ended ended) {
                history.add(ended.run());
            }
            update(jobs.get(fact.job()), before -> before.with(fact));
        } catch (StateException e) {
            // A run that failed has most likely said so itself.
            boolean well =
                    fact instanceof Observation.Ended ended && ended.run().well();
            String what =
                    fact instanceof Observation.Ended ended ? ended.run().verb().word() : "fact";
            LOG.atLevel(well ? Level.WARN : Level.DEBUG)
                    .log("{}: this {} is not in the history and in the status: {}", fact.job(), what, e.getMessage());
        }
    }

    /** The status of all jobs now; tells of jobs that became stale or fresh, and the listeners. */
    public synchronized List<JobReport> check() {
        List<JobReport> reports = jobs.all().stream().map(this::check).toList();
        for (Consumer<List<JobReport>> listener : listeners) {
            try {
                listener.accept(reports);
            } catch (RuntimeException e) {
                LOG.error("monitoring: {}", Text.reason(e));
                LOG.debug("monitoring", e);
            }
        }
        return reports;
    }

    /**
     * A {@link #check} whose failure is logged, once for the same reason.
     *
     * @param mine whether it is for this node to do
     */
    public void look(BooleanSupplier mine) {
        try {
            if (mine.getAsBoolean()) {
                check();
            }
            problem = "";
        } catch (RuntimeException e) {
            String reason = Text.reason(e);
            if (!reason.equals(problem)) {
                LOG.error("monitoring: {}", reason);
                LOG.debug("monitoring", e);
            }
            problem = reason;
        }
    }

    private JobReport check(Job job) {
        if (!isRemembered(job)) {
            // What an earlier version left is looked through once.
            remember(job, UnaryOperator.identity());
        }
        JobReport report = reader.report(job);
        Map<String, Instant> now = new HashMap<>();
        report.troubles().forEach(trouble -> now.put(trouble.key(), trouble.since()));
        boolean was = report.memory().troubles().containsKey(Trouble.Kind.STALE.word());
        boolean is = now.containsKey(Trouble.Kind.STALE.word());
        if (!now.equals(report.memory().troubles())) {
            remember(job, before -> before.withTroubles(now));
        }
        if (is && !was) {
            report.troubles().stream()
                    .filter(trouble -> trouble.kind() == Trouble.Kind.STALE)
                    .forEach(trouble -> LOG.error("{}: {}", job.name(), trouble.text()));
            events.accept(new JobEvent.Stale(
                    job.name(),
                    report.now(),
                    report.age().orElse(null),
                    job.maxAge().orElse(Duration.ZERO)));
        } else if (was && !is) {
            LOG.info("{}: a copy is verified again", job.name());
            events.accept(new JobEvent.Fresh(
                    job.name(), report.now(), report.verifiedAt().orElse(null)));
        }
        return report;
    }

    private boolean isRemembered(Job job) {
        try {
            return reader.memory().read(job).isPresent();
        } catch (StateException e) {
            return false;
        }
    }

    private void remember(Job job, UnaryOperator<JobMemory> change) {
        try {
            update(job, change);
        } catch (StateException e) {
            LOG.debug("{}: not remembered: {}", job.name(), e.getMessage());
        }
    }

    private void update(Job job, UnaryOperator<JobMemory> change) {
        var unused = reader.memory()
                .update(job, () -> reader.firstMemory(job, reader.clock().instant()), change);
    }
}
