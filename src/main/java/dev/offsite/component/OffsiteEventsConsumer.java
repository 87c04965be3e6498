package dev.offsite.component;

import dev.offsite.io.Text;
import dev.offsite.job.JobEvent;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.InflightRepository;
import org.apache.camel.spi.UnitOfWork;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers events to one listener, in order and in its own thread, so that a slow or failing listener never affects a
 * run.
 */
final class OffsiteEventsConsumer extends DefaultConsumer {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    /** How long a stop waits for undelivered events. */
    private Duration patience = Duration.ofSeconds(30);

    private final OffsiteEndpoint endpoint;
    private final Set<String> types;
    private ExecutorService thread;
    /** What is being delivered, or null. */
    private volatile Exchange current;

    OffsiteEventsConsumer(OffsiteEndpoint endpoint, Processor processor, Set<String> types) {
        super(endpoint, processor);
        this.endpoint = endpoint;
        this.types = types;
    }

    void waitAtMost(Duration limit) {
        patience = limit;
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        thread = getEndpoint()
                .getCamelContext()
                .getExecutorServiceManager()
                .newSingleThreadExecutor(this, "offsite-events");
        endpoint.services().events().add(this);
    }

    @Override
    protected void doStop() throws Exception {
        endpoint.services().events().remove(this);
        thread.shutdown();
        if (!thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            Exchange stuck = current;
            int left = thread.shutdownNow().size() + 1;
            LOG.error("{} events were not delivered to route {} within {} s", left, getRouteId(), patience.toSeconds());
            giveUp(stuck);
        }
        super.doStop();
    }

    /** Else Camel would wait for the exchange, as it does for uploads: as long as it takes. */
    private void giveUp(Exchange exchange) {
        UnitOfWork work = exchange == null ? null : exchange.getUnitOfWork();
        if (work != null) {
            InflightRepository inflight = exchange.getContext().getInflightRepository();
            Stream.of(
                            getRouteId(),
                            work.getRoute() == null
                                    ? getRouteId()
                                    : work.getRoute().getRouteId())
                    .distinct()
                    .filter(route -> inflight.size(route) > 0)
                    .forEach(route -> inflight.remove(exchange, route));
        }
    }

    /** Queues an event if the listener asked for its type. */
    void accept(JobEvent event) {
        if (!types.contains(event.type())
                || (endpoint.getJob() != null && !endpoint.getJob().equals(event.job()))) {
            return;
        }
        try {
            thread.execute(() -> deliver(event));
        } catch (RejectedExecutionException e) {
            notDelivered(event, "to", "it has stopped");
        }
    }

    private void notDelivered(JobEvent event, String how, String reason) {
        String route = getRouteId();
        LOG.error("{}: the event {} was not delivered {} route {}: {}", event.job(), event.type(), how, route, reason);
    }

    private void deliver(JobEvent event) {
        Exchange exchange = createExchange(false);
        current = exchange;
        try {
            exchange.getMessage().setBody(event);
            exchange.getMessage().setHeader(OffsiteConstants.EVENT, event.type());
            exchange.getMessage().setHeader(OffsiteConstants.JOB, event.job());
            getProcessor().process(exchange);
        } catch (Throwable e) {
            // Also an Error: it must not end the thread, which would lose the events that wait.
            exchange.setException(e);
            giveUp(exchange);
        }
        if (exchange.getException() != null) {
            String reason = Text.reason(exchange.getException());
            notDelivered(event, "by", reason);
            LOG.debug("{}: {}", event.job(), event, exchange.getException());
        }
        current = null;
        releaseExchange(exchange, false);
    }
}
