package dev.offsite.component;

import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.restore.RestoreResult;
import dev.offsite.restore.Restorer;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** {@code offsite:restore}: restores a dated folder, or some of its files; the body becomes a {@link RestoreResult}. */
final class RestoreProducer extends OffsiteProducer {

    RestoreProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    void run(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        message.removeHeader(OffsiteConstants.PATH);
        JobCatalog catalog = services().catalog().of(job(message));
        String to = required(message, OffsiteConstants.TO, "to", endpoint().getTo(), "name the local folder");
        Restorer restorer = new Restorer(catalog, opening());
        DatedFolderRef folder =
                restorer.place(text(message, OffsiteConstants.DATE, endpoint().getDate()));
        Snapshot snapshot = restorer.read(folder);
        List<String> words = text(message, OffsiteConstants.NAME, endpoint().getName())
                .map(List::of)
                .orElse(List.of());
        List<SnapshotFile> files = restorer.choose(snapshot, words, false);
        boolean overwrite = flag(message, OffsiteConstants.OVERWRITE, endpoint().isOverwrite());
        RestoreResult result = restorer.run(restorer.plan(snapshot, files, Path.of(to), overwrite), bytes -> {});
        services().monitor().observe(result.ended(services().clock()));
        message.setBody(result);
        message.setHeader(OffsiteConstants.DATE, folder.name());
        message.setHeader(OffsiteConstants.PATH, result.from());
        if (!result.succeeded()) {
            throw new RestoreException(result.summary());
        }
    }
}
