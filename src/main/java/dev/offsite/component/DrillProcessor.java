package dev.offsite.component;

import dev.offsite.catalog.BackupCatalog;
import dev.offsite.drill.Drill;
import dev.offsite.drill.DrillLog;
import dev.offsite.drill.DrillResult;
import dev.offsite.io.ByteSize;
import dev.offsite.io.Clocks;
import dev.offsite.job.Jobs;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.function.LongConsumer;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The rehearsals of all jobs, as they are configured. */
public final class DrillProcessor implements Processor, CamelContextAware {

    /** As many files as a drill takes where nobody says less. */
    public static final int MOST_FILES = 1000;

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final Duration DEADLINE = Duration.ofHours(1);

    private final Jobs jobs;
    private final BackupCatalog archive;
    private final DrillLog log;
    private final long budget;
    private CamelContext context;

    /**
     * @param budget bytes that a drill restores at most, such as {@code 1GiB}
     */
    public DrillProcessor(Jobs jobs, BackupCatalog archive, DrillLog log, String budget) {
        this.jobs = jobs;
        this.archive = archive;
        this.log = log;
        this.budget = ByteSize.parse(budget);
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /**
     * Rehearses one job.
     *
     * @param files how many files come back at most
     * @throws Drill.Busy if a drill of the same job runs now
     * @throws IOException if the state folder cannot be used
     */
    public Drill.Outcome run(String job, int files, LongConsumer progress) throws Drill.Busy, IOException {
        Random bound = context.getRegistry().findSingleByType(Random.class);
        Drill drill = new Drill(archive.of(job), log, Clocks.of(context), bound == null ? new Random() : bound);
        Drill.Outcome outcome = drill.run(new Drill.Bounds(files, budget, jobs.drillCommand(job), DEADLINE), progress);
        if (outcome.result().succeeded()) {
            LOG.info("{}", outcome.result().summary());
        } else {
            LOG.error("{}", outcome.result().summary());
        }
        return outcome;
    }

    /** Rehearses the job that the header {@code OffsiteJob} names; the body becomes the {@link DrillResult}. */
    @Override
    public void process(Exchange exchange) throws Exception {
        DrillResult result = run(OffsiteConstants.job(exchange.getMessage()), MOST_FILES, bytes -> {})
                .result();
        exchange.getMessage().setBody(result);
        exchange.getMessage().setHeader(OffsiteConstants.DATE, result.folder());
        exchange.getMessage().setHeader(OffsiteConstants.PROBLEM, result.problem());
    }
}
