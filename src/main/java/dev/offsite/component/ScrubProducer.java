package dev.offsite.component;

import dev.offsite.scrub.ScrubResult;
import org.apache.camel.Exchange;

/** {@code offsite:scrub}: the body becomes a {@link ScrubResult}. Damaged copies are not an exception. */
final class ScrubProducer extends OffsiteProducer {

    ScrubProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    void run(Exchange exchange) throws Exception {
        boolean all =
                flag(exchange.getMessage(), OffsiteConstants.ALL, endpoint().isAll());
        forJobs(exchange, "scrub", job -> services().scrubber().run(job, all));
    }
}
