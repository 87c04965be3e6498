package dev.offsite.drill;

import dev.offsite.catalog.BackupCatalog;
import dev.offsite.job.JobEvent;
import dev.offsite.job.Jobs;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The drills of all configured jobs. */
public final class Drills {

    /** Maximum number of files of a drill, unless fewer are asked for. */
    public static final int MOST_FILES = 1000;

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final Duration DEADLINE = Duration.ofHours(1);

    private final Jobs jobs;
    private final BackupCatalog catalog;
    private final DrillLog log;
    private final long budget;
    private final Clock clock;
    private final Random random;
    private final Consumer<JobEvent> events;

    public Drills(
            Jobs jobs,
            BackupCatalog catalog,
            DrillLog log,
            long budget,
            Clock clock,
            Random random,
            Consumer<JobEvent> events) {
        this.jobs = jobs;
        this.catalog = catalog;
        this.log = log;
        this.budget = budget;
        this.clock = clock;
        this.random = random;
        this.events = events;
    }

    /**
     * Rehearses a restore of one job.
     *
     * @param files maximum number of files to restore
     * @throws Drill.Busy if a drill of the same job is running
     * @throws IOException if the state folder cannot be used
     */
    public Drill.Outcome run(String job, int files, LongConsumer progress) throws Drill.Busy, IOException {
        Drill drill = new Drill(catalog.of(job), log, clock, random);
        Drill.Outcome outcome = drill.run(new Drill.Bounds(files, budget, jobs.drillCommand(job), DEADLINE), progress);
        DrillResult result = outcome.result();
        if (result.succeeded()) {
            LOG.info("{}", result.summary());
        } else {
            LOG.error("{}", result.summary());
        }
        events.accept(new JobEvent.Drilled(
                job, result.at(), result.folder(), result.files(), result.succeeded(), result.problem()));
        return outcome;
    }
}
