package dev.offsite.restore;

import dev.offsite.transfer.Headers;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** What other people's routes may ask for: one copy, a listing, a restore. */
public final class Endpoints {

    private final Archive archive;

    public Endpoints(Archive archive) {
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
        List.of(Headers.PATH, Headers.SHA256, Headers.SIZE).forEach(message::removeHeader);
        Shelf shelf = archive.of(Headers.job(message));
        String name = text(message, Headers.NAME).orElseThrow(() -> missing(Headers.NAME, "name the copy"));
        Restore restore = new Restore(shelf);
        Place place = restore.place(text(message, Headers.DATE));
        Restore.checkNotTrash(place);
        Item item = shelf.item(place, name);
        Path to = file(text(message, Headers.TO).orElseThrow(() -> missing(Headers.TO, "say where to")), name);
        Fetched fetched = restore.one(place, item, to, overwrite(message));
        message.setBody(to.toFile());
        message.setHeader(Headers.DATE, place.name());
        message.setHeader(Headers.PATH, place.path() + "/" + name);
        message.setHeader(Headers.SHA256, fetched.sha256());
        message.setHeader(Headers.SIZE, fetched.size());
    }

    /**
     * {@code direct:offsite-list}: the body becomes a list of all dated folders, or the one that {@code OffsiteDate} names, as
     * {@link Generation}s.
     *
     * @throws RestoreException if there is no such folder
     * @throws Exception if the target cannot be reached or refuses
     */
    public void list(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        Shelf shelf = archive.of(Headers.job(message));
        Optional<String> date = text(message, Headers.DATE);
        List<Place> places = date.isEmpty() ? shelf.places() : List.of(new Restore(shelf).place(date));
        message.setBody(shelf.read(places));
    }

    /**
     * {@code direct:offsite-restore}: a dated folder, or what {@code OffsiteName} chooses of it, comes to the folder that {@code
     * OffsiteTo} names; the body becomes the {@link Restored}.
     *
     * @throws RestoreException if something was not restored; the body tells what
     * @throws Exception if the target cannot be reached or refuses
     */
    public void restore(Exchange exchange) throws Exception {
        Message message = exchange.getMessage();
        List.of(Headers.PATH, Headers.RESTORED, Headers.FAILED).forEach(message::removeHeader);
        Shelf shelf = archive.of(Headers.job(message));
        String to = text(message, Headers.TO).orElseThrow(() -> missing(Headers.TO, "say where to"));
        Restore restore = new Restore(shelf);
        Place place = restore.place(text(message, Headers.DATE));
        Generation generation = shelf.read(place);
        List<String> words = text(message, Headers.NAME).map(List::of).orElse(List.of());
        List<Item> items = Restore.choose(generation, words, false);
        Restored restored = restore.run(restore.plan(generation, items, Path.of(to), overwrite(message)), bytes -> {});
        message.setBody(restored);
        message.setHeader(Headers.DATE, place.name());
        message.setHeader(Headers.PATH, restored.from());
        message.setHeader(Headers.RESTORED, restored.files() + restored.already());
        message.setHeader(Headers.FAILED, restored.failed().size());
        if (!restored.succeeded()) {
            throw new RestoreException(restored.summary());
        }
    }

    private static Optional<String> text(Message message, String header) {
        Object value = message.getHeader(header);
        return value == null ? Optional.empty() : Optional.of(value.toString());
    }

    private static boolean overwrite(Message message) {
        return message.getHeader(Headers.OVERWRITE, false, Boolean.class);
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
