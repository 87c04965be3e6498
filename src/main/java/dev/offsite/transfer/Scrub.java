package dev.offsite.transfer;

import dev.offsite.job.Clocks;
import dev.offsite.job.Job;
import dev.offsite.job.Jobs;
import dev.offsite.job.ScrubBudget;
import dev.offsite.transfer.JobStatus.Hold;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Hashes committed copies again, those first that were not proven for the longest time, names what is not as it was, and ships
 * again what is still here.
 */
public final class Scrub implements Processor, CamelContextAware {

    /** Exchange property with the {@link ScrubResult}. */
    public static final String RESULT = "OffsiteScrubResult";

    private final Jobs jobs;
    private final Connections connections;
    private final JobStatus status;
    private final Prover prover;
    private final ProofLog proofs;
    private final OpenFolders folders;
    private final Reship reship;
    private final ScrubBudget budget;
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private CamelContext context;

    /**
     * @param budget for each job and scrub, as {@link ScrubBudget#parse} reads it; no String, since Camel finds no constructor
     *     that takes one for {@code 0}
     */
    public Scrub(
            Jobs jobs,
            Connections connections,
            JobStatus status,
            Prover prover,
            ProofLog proofs,
            OpenFolders folders,
            Reship reship,
            Object budget) {
        this.jobs = jobs;
        this.connections = connections;
        this.status = status;
        this.prover = prover;
        this.proofs = proofs;
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
        String name = Headers.job(exchange.getMessage());
        boolean all = exchange.getMessage().getHeader(Headers.ALL, false, Boolean.class);
        ScrubResult result = run(name, all);
        // Who is told may change the body.
        exchange.setProperty(RESULT, result);
        exchange.getMessage().setBody(result);
        exchange.getMessage().setHeader(Headers.SCRUBBED, result.checked());
        exchange.getMessage().setHeader(Headers.SHIPPED, result.healed());
        exchange.getMessage().setHeader(Headers.FAILED, result.findings().size() + (result.problem() == null ? 0 : 1));
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

    Prover prover() {
        return prover;
    }

    ProofLog proofs() {
        return proofs;
    }

    OpenFolders folders() {
        return folders;
    }

    Reship reship() {
        return reship;
    }

    void hold(Job job, String reason) {
        status.hold(job, Hold.DAMAGE, reason);
    }

    void lift(Job job) {
        status.lift(job, Hold.DAMAGE);
    }
}
