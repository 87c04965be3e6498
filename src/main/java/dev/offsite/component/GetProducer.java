package dev.offsite.component;

import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.io.HashedFile;
import dev.offsite.restore.Restorer;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** {@code offsite:get}: fetches one copy and verifies it as it arrives; the body becomes the local file. */
final class GetProducer extends OffsiteProducer {

    GetProducer(OffsiteEndpoint endpoint) {
        super(endpoint);
    }

    @Override
    void run(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        List.of(OffsiteConstants.PATH, OffsiteConstants.SHA256, OffsiteConstants.SIZE)
                .forEach(message::removeHeader);
        JobCatalog catalog = services().catalog().of(job(message));
        String name =
                required(message, OffsiteConstants.NAME, "name", endpoint().getName(), "name the copy");
        Restorer restorer = new Restorer(catalog, opening());
        DatedFolderRef folder =
                restorer.place(text(message, OffsiteConstants.DATE, endpoint().getDate()));
        Restorer.checkNotTrash(folder);
        String what = "name the local file or folder";
        SnapshotFile copy = restorer.copy(folder, name);
        Path file = file(required(message, OffsiteConstants.TO, "to", endpoint().getTo(), what), name);
        boolean overwrite = flag(message, OffsiteConstants.OVERWRITE, endpoint().isOverwrite());
        HashedFile result = restorer.one(folder, copy, file, overwrite);
        message.setBody(file.toFile());
        message.setHeader(OffsiteConstants.DATE, folder.name());
        message.setHeader(OffsiteConstants.PATH, folder.path() + "/" + copy.name());
        message.setHeader(OffsiteConstants.SHA256, result.sha256());
        message.setHeader(OffsiteConstants.SIZE, result.size());
    }

    private static Path file(String to, String name) {
        Path path = Path.of(to).toAbsolutePath();
        boolean folder = to.endsWith(File.separator) || Files.isDirectory(path);
        return folder ? path.resolve(Path.of(name).getFileName()) : path;
    }
}
