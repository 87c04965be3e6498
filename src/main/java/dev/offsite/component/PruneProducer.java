package dev.offsite.component;

import dev.offsite.prune.Pruner;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;

/** {@code offsite:prune}: the body becomes a {@link Pruner.Result}. */
final class PruneProducer extends OffsiteProducer {

    PruneProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    void run(Exchange exchange) throws Exception {
        Pruner pruner = services().pruner();
        forJobs(
                exchange,
                "prune",
                job -> endpoint().isDryRun()
                        ? pruner.run(job, new Pruner.Request(true, Optional.empty(), List.of()))
                        : pruner.prune(job, List.of()));
    }
}
