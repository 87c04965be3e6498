package dev.offsite.component;

import dev.offsite.catalog.BackupCatalog;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.JobCatalog;
import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.Snapshot;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.restore.DownloadResult;
import dev.offsite.restore.RestoreResult;
import dev.offsite.restore.Restorer;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** What other people's routes may ask for: one copy, a listing, a restore. */
public final class RestoreEndpoints {

    private final BackupCatalog archive;

    public RestoreEndpoints(BackupCatalog archive) {
        this.archive = archive;
    }

    /**
     * {@code direct:offsite-get}: the copy that the header {@code OffsiteName} names comes to the file, or into the folder, that
     * {@code OffsiteTo} names; the body becomes that file.
     *
     * @throws IllegalArgumentException if a header does not tell what is wanted
     * @throws RestoreException if there is no such copy
     * @throws Exception if it did not come back whole
     */
    public void get(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        List.of(OffsiteConstants.PATH, OffsiteConstants.SHA256, OffsiteConstants.SIZE)
                .forEach(message::removeHeader);
        JobCatalog shelf = archive.of(OffsiteConstants.job(message));
        String name =
                text(message, OffsiteConstants.NAME).orElseThrow(() -> missing(OffsiteConstants.NAME, "name the copy"));
        Restorer restore = new Restorer(shelf);
        DatedFolderRef place = restore.place(text(message, OffsiteConstants.DATE));
        Restorer.checkNotTrash(place);
        SnapshotFile item = shelf.item(place, name);
        Path to = file(
                text(message, OffsiteConstants.TO).orElseThrow(() -> missing(OffsiteConstants.TO, "say where to")),
                name);
        DownloadResult fetched = restore.one(place, item, to, overwrite(message));
        message.setBody(to.toFile());
        message.setHeader(OffsiteConstants.DATE, place.name());
        message.setHeader(OffsiteConstants.PATH, place.path() + "/" + name);
        message.setHeader(OffsiteConstants.SHA256, fetched.sha256());
        message.setHeader(OffsiteConstants.SIZE, fetched.size());
    }

    /**
     * {@code direct:offsite-list}: the body becomes a list of all dated folders, or the one that {@code OffsiteDate} names, as
     * {@link Snapshot}s.
     *
     * @throws RestoreException if there is no such folder
     * @throws Exception if the target cannot be reached or refuses
     */
    public void list(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        JobCatalog shelf = archive.of(OffsiteConstants.job(message));
        Optional<String> date = text(message, OffsiteConstants.DATE);
        List<DatedFolderRef> places = date.isEmpty() ? shelf.places() : List.of(new Restorer(shelf).place(date));
        message.setBody(shelf.read(places));
    }

    /**
     * {@code direct:offsite-restore}: a dated folder, or what {@code OffsiteName} chooses of it, comes to the folder that {@code
     * OffsiteTo} names; the body becomes the {@link RestoreResult}.
     *
     * @throws RestoreException if something was not restored; the body tells what
     * @throws Exception if the target cannot be reached or refuses
     */
    public void restore(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        List.of(OffsiteConstants.PATH, OffsiteConstants.RESTORED, OffsiteConstants.FAILED)
                .forEach(message::removeHeader);
        JobCatalog shelf = archive.of(OffsiteConstants.job(message));
        String to = text(message, OffsiteConstants.TO).orElseThrow(() -> missing(OffsiteConstants.TO, "say where to"));
        Restorer restore = new Restorer(shelf);
        DatedFolderRef place = restore.place(text(message, OffsiteConstants.DATE));
        Snapshot generation = shelf.read(place);
        List<String> words = text(message, OffsiteConstants.NAME).map(List::of).orElse(List.of());
        List<SnapshotFile> items = Restorer.choose(generation, words, false);
        RestoreResult restored =
                restore.run(restore.plan(generation, items, Path.of(to), overwrite(message)), bytes -> {});
        message.setBody(restored);
        message.setHeader(OffsiteConstants.DATE, place.name());
        message.setHeader(OffsiteConstants.PATH, restored.from());
        message.setHeader(OffsiteConstants.RESTORED, restored.files() + restored.already());
        message.setHeader(OffsiteConstants.FAILED, restored.failed().size());
        if (!restored.succeeded()) {
            throw new RestoreException(restored.summary());
        }
    }

    private static Optional<String> text(Message message, String header) {
        Object value = message.getHeader(header);
        return value == null ? Optional.empty() : Optional.of(value.toString());
    }

    private static boolean overwrite(Message message) {
        return message.getHeader(OffsiteConstants.OVERWRITE, false, Boolean.class);
    }

    private static IllegalArgumentException missing(String header, String what) {
        return new IllegalArgumentException("the header %s must %s".formatted(header, what));
    }

    private static Path file(String to, String name) {
        Path path = Path.of(to).toAbsolutePath();
        boolean folder = to.endsWith(File.separator) || Files.isDirectory(path);
        return folder ? path.resolve(Path.of(name).getFileName()) : path;
    }
}
