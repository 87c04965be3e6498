package dev.offsite.ship;

import dev.offsite.component.OffsiteConstants;
import dev.offsite.io.Text;
import dev.offsite.job.Job;
import dev.offsite.job.JobStatus;
import dev.offsite.job.Jobs;
import dev.offsite.sftp.FailureMessages;
import dev.offsite.sftp.TargetConnections;
import dev.offsite.source.SourceScan;
import dev.offsite.verify.Verifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.file.FileEndpoint;
import org.apache.camel.support.DefaultExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What follows a run: that it is known how it ended, and {@code direct:offsite-shipped}. */
public final class ShipCompletion implements CamelContextAware {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final String SHIPPED = "direct:offsite-shipped";

    private final Jobs jobs;
    private final TargetConnections connections;
    private final JobStatus statuses;
    private final Verifier verifier;
    private final Set<String> named = ConcurrentHashMap.newKeySet();
    private CamelContext context;

    public ShipCompletion(Jobs jobs, TargetConnections connections, JobStatus statuses, Verifier verifier) {
        this.jobs = jobs;
        this.connections = connections;
        this.statuses = statuses;
        this.verifier = verifier;
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /** Whether something was shipped or failed, or the ship before this one did not end well and now nothing is left. */
    public boolean worthEnding(ShipResult result) {
        boolean settled = statuses.last(jobs.get(result.job())).pruning();
        return !result.empty() || (result.targetFailure() == null && !settled);
    }

    /**
     * Records how a ship ended and tells {@code direct:offsite-shipped}.
     *
     * @return why the route failed, or empty
     */
    public Optional<String> end(ShipResult result) {
        Job job = jobs.get(result.job());
        LOG.debug("{}", result);
        statuses.ended(job, result.succeeded());
        Exchange shipped = new DefaultExchange(context);
        shipped.getMessage().setBody(result);
        shipped.getMessage().setHeader(OffsiteConstants.JOB, result.job());
        shipped.getMessage().setHeader(OffsiteConstants.SHIPPED, result.shipped());
        shipped.getMessage().setHeader(OffsiteConstants.FAILED, result.failed().size());
        try (ProducerTemplate producer = context.createProducerTemplate()) {
            producer.send(SHIPPED, shipped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        verifier.awaitPrepared(job.target());
        connections.closeIdle();
        return Optional.ofNullable(shipped.getException())
                .map(failure -> FailureMessages.of(failure, job).message());
    }

    /** What the consumer passes over in silence: named here, once. */
    List<String> passedOver(String name) {
        Job job = jobs.get(name);
        try {
            FileEndpoint source = (FileEndpoint) context.getRoute(name).getEndpoint();
            Map<String, String> unshippable =
                    SourceScan.of(job, source, file -> false).unshippable();
            unshippable.forEach((file, reason) -> {
                if (named.add(name + " " + file)) {
                    LOG.error("{}: {} not shipped: {}", name, Text.line(file), reason);
                }
            });
            return List.copyOf(unshippable.keySet());
        } catch (IOException e) {
            LOG.error("{}: {}", name, e.getMessage());
            return List.of();
        }
    }
}
