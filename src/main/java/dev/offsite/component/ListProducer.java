package dev.offsite.component;

import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.Snapshot;
import dev.offsite.restore.Restorer;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** {@code offsite:list}: the body becomes a list of {@link Snapshot}s, newest first, then those in the trash. */
final class ListProducer extends OffsiteProducer {

    ListProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    void run(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        JobCatalog catalog = services().catalog().of(job(message));
        Optional<String> date = text(message, OffsiteConstants.DATE, endpoint().getDate());
        List<DatedFolderRef> folders = date.isEmpty() ? catalog.places() : List.of(new Restorer(catalog).place(date));
        message.setBody(catalog.read(folders));
    }
}
