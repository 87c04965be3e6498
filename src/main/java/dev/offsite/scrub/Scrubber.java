package dev.offsite.scrub;

import dev.offsite.component.OffsiteConstants;
import dev.offsite.io.Clocks;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus;
import dev.offsite.job.JobStatus.Hold;
import dev.offsite.job.Jobs;
import dev.offsite.job.ScrubBudget;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.ship.DatedFolderLocks;
import dev.offsite.verify.VerificationLog;
import dev.offsite.verify.Verifier;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Hashes committed copies again, those first that were not verified for the longest time, names what is not as it was, and ships
 * again what is still here.
 */
public final class Scrubber implements Processor, CamelContextAware {

    /** Exchange property with the {@link ScrubResult}. */
    public static final String RESULT = "OffsiteScrubResult";

    private final Jobs jobs;
    private final TargetConnections connections;
    private final JobStatus status;
    private final Verifier verifier;
    private final VerificationLog verifications;
    private final DatedFolderLocks folders;
    private final CopyRepair reship;
    private final ScrubBudget budget;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private CamelContext context;

    /**
     * @param budget for each job and scrub, as {@link ScrubBudget#parse} reads it; no String, since Camel finds no constructor
     *     that takes one for {@code 0}
     */
    public Scrubber(
            Jobs jobs,
            TargetConnections connections,
            JobStatus status,
            Verifier verifier,
            VerificationLog verifications,
            DatedFolderLocks folders,
            CopyRepair reship,
            Object budget) {
        this.jobs = jobs;
        this.connections = connections;
        this.status = status;
        this.verifier = verifier;
        this.verifications = verifications;
        this.folders = folders;
        this.reship = reship;
        this.budget = ScrubBudget.parse(String.valueOf(budget));
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
     * Scrubs the job that the header {@code OffsiteJob} names, all of it where {@code OffsiteAll} is true. The body becomes the {@link
     * ScrubResult}.
     */
    @Override
    public void process(Exchange exchange) {
        String name = OffsiteConstants.job(exchange.getMessage());
        boolean all = exchange.getMessage().getHeader(OffsiteConstants.ALL, false, Boolean.class);
        ScrubResult result = run(name, all);
        // Who is told may change the body.
        exchange.setProperty(RESULT, result);
        exchange.getMessage().setBody(result);
        exchange.getMessage().setHeader(OffsiteConstants.SCRUBBED, result.checked());
        exchange.getMessage().setHeader(OffsiteConstants.SHIPPED, result.healed());
        exchange.getMessage()
                .setHeader(OffsiteConstants.FAILED, result.findings().size() + (result.problem() == null ? 0 : 1));
    }

    /**
     * Scrubs one job.
     *
     * @param all whatever the budget is
     * @throws IllegalStateException if it is being scrubbed already
     */
    public ScrubResult run(String name, boolean all) {
        Job job = jobs.get(name);
        if (!running.add(name)) {
            throw new IllegalStateException("the job %s is being scrubbed already".formatted(name));
        }
        try {
            return new ScrubRun(this, job, connections.to(job.target()).sessions()).run(all ? ScrubBudget.ALL : budget);
        } finally {
            running.remove(name);
        }
    }

    boolean stopping() {
        return context.isStopping() || context.isStopped();
    }

    Instant now() {
        return Clocks.of(context).instant();
    }

    Verifier verifier() {
        return verifier;
    }

    VerificationLog verifications() {
        return verifications;
    }

    DatedFolderLocks folders() {
        return folders;
    }

    CopyRepair reship() {
        return reship;
    }

    void hold(Job job, String reason) {
        status.hold(job, Hold.DAMAGE, reason);
    }

    void lift(Job job) {
        status.lift(job, Hold.DAMAGE);
    }
}
