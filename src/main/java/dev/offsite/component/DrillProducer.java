package dev.offsite.component;

import dev.offsite.age.AgeIdentities;
import dev.offsite.drill.DrillResult;
import dev.offsite.io.ByteProgress;
import java.util.Optional;
import org.apache.camel.Exchange;

/** {@code offsite:drill}: the body becomes a {@link DrillResult}, even if the drill failed. */
final class DrillProducer extends OffsiteProducer {

    DrillProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    void run(Exchange exchange) throws Exception {
        Optional<AgeIdentities> identities = opening().identities();
        forJobs(exchange, "drill", job -> services()
                .drills()
                .run(job, endpoint().getFiles(), identities, ByteProgress.none())
                .result());
        if (exchange.getMessage().getBody() instanceof DrillResult result) {
            exchange.getMessage().setHeader(OffsiteConstants.DATE, result.folder());
        }
    }
}
