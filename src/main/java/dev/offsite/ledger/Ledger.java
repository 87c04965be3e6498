package dev.offsite.ledger;

import dev.offsite.job.Job;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.h2.mvstore.MVMap;

/**
 * Records which local files are committed, and which remote folders a run has started to write into. It is one file
 * ({@code ledger.mv} in the state folder) that survives kill -9 at any time: at worst a commit is forgotten, which
 * recovery finds out again.
 */
public final class Ledger extends ServiceSupport implements IdempotentRepository {

    private final Path folder;
    private boolean staysClosed;
    private LedgerStore file;
    private MVMap<String, String> copies;
    private MVMap<String, String> openFolders;
    private MVMap<String, String> unsettled;
    private MVMap<String, String> published;

    public Ledger(String folder) {
        this.folder = Path.of(folder);
    }

    /** Does not open the file on start. For a command that ships nothing while another process has the ledger open. */
    public void stayClosed() {
        staysClosed = true;
    }

    /** The key of a file in its shipped state, as the file consumer's idempotentKey builds it. */
    public static String key(Job job, File file, long modifiedMillis, long size) {
        return job.destination() + " " + file.getPath() + " " + modifiedMillis + " " + size;
    }

    private static String key(Job job, SourceFile file) {
        return key(job, file.file(), file.modified(), file.size());
    }

    @Override
    protected void doStart() {
        if (staysClosed) {
            return;
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot make the state folder " + folder, e);
        }
        file = LedgerStore.open(folder.resolve("ledger.mv"));
        copies = file.map("copies");
        openFolders = file.map("openFolders");
        unsettled = file.map("unsettled");
        published = file.map("published");
    }

    @Override
    protected void doStop() {
        if (file != null) {
            file.close();
            file = null;
        }
    }

    @Override
    public boolean contains(String key) {
        return copies.containsKey(key);
    }

    /** Whether the file in its current state was committed for the job. */
    public boolean contains(Job job, SourceFile file) {
        return contains(key(job, file));
    }

    /** Whether the ledger has any file of the job's source folder. */
    public boolean knows(Job job) {
        String prefix = job.destination() + " " + job.source() + File.separator;
        String first = copies.ceilingKey(prefix);
        return first != null && first.startsWith(prefix);
    }

    /** Whether the ledger has a file of the job's source folder whose name below it is accepted. */
    public boolean knows(Job job, Predicate<Path> name) {
        String prefix = job.destination() + " " + job.source() + File.separator;
        for (Iterator<String> keys = copies.keyIterator(prefix); keys.hasNext(); ) {
            String key = keys.next();
            if (!key.startsWith(prefix)) {
                return false;
            }
            // Its time and size are the last two words.
            String file = key.substring(prefix.length(), key.lastIndexOf(' ', key.lastIndexOf(' ') - 1));
            if (name.test(Path.of(file))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean add(String key) {
        return copies.putIfAbsent(key, "") == null;
    }

    /** Adds a file, or replaces its value, which tells it from another one of the same path, time and size. */
    public void add(Job job, SourceFile file, String value) {
        copies.put(key(job, file), value);
    }

    /** The value of a committed file, empty if an earlier version added it. */
    public Optional<String> value(Job job, SourceFile file) {
        return Optional.ofNullable(copies.get(key(job, file)));
    }

    /** The file is to be shipped again. */
    public void forget(Job job, SourceFile file) {
        copies.remove(key(job, file));
        unsettled.remove(key(job, file));
    }

    @Override
    public boolean remove(String key) {
        return copies.remove(key) != null;
    }

    @Override
    public boolean confirm(String key) {
        return true;
    }

    @Override
    public void clear() {
        copies.clear();
    }

    /** Notes, before the commit, that the file is then to be moved or deleted. */
    public void owe(Job job, SourceFile file) {
        unsettled.put(key(job, file), "");
    }

    /** Whether the file was committed in its current state, and is still to be moved or deleted. */
    public boolean owes(Job job, SourceFile file) {
        // Called for every file, so the usual case must be cheap.
        return !unsettled.isEmpty() && unsettled.containsKey(key(job, file)) && contains(job, file);
    }

    /**
     * Why a committed file may not be moved or deleted yet: the server may not have its copy on disk.
     *
     * @param since when it was committed
     * @param folder the name of the dated folder of its copy
     */
    public record Delay(Instant since, String folder) {}

    /** Notes that the file must not be moved or deleted before its copy is verified again, later. */
    public void delay(Job job, SourceFile file, Delay delay) {
        unsettled.put(key(job, file), delay.since() + " " + delay.folder());
    }

    /** Empty if the file may be moved or deleted at once. */
    public Optional<Delay> delay(Job job, SourceFile file) {
        String[] words = unsettled.getOrDefault(key(job, file), "").split(" ", 2);
        return words.length < 2 ? Optional.empty() : Optional.of(new Delay(Instant.parse(words[0]), words[1]));
    }

    /** Whether any file of the job has to wait. */
    public boolean delays(Job job) {
        String prefix = job.destination() + " ";
        return unsettled.entrySet().stream()
                .anyMatch(e -> !e.getValue().isEmpty() && e.getKey().startsWith(prefix));
    }

    public void settled(Job job, SourceFile file) {
        unsettled.remove(key(job, file));
    }

    /** Notes, before the first write, that a run writes into a folder; returns whether it was noted already. */
    public boolean openFolder(Job job, String remoteFolder) {
        return openFolders(job, List.of(remoteFolder));
    }

    /** Notes several folders; returns whether any of them was noted already. */
    public boolean openFolders(Job job, Collection<String> remoteFolders) {
        long noted = remoteFolders.stream()
                .filter(folder -> openFolders.put(job.destination() + " " + folder, folder) != null)
                .count();
        if (noted < remoteFolders.size()) {
            file.flush();
        }
        return noted > 0;
    }

    /** The remote folders that earlier runs of the job started to write into and did not finish cleanly. */
    public List<String> openFolders(Job job) {
        String prefix = job.destination() + " ";
        return openFolders.entrySet().stream()
                .filter(e -> e.getKey().startsWith(prefix))
                .map(Map.Entry::getValue)
                .toList();
    }

    public void closeFolder(Job job, String remoteFolder) {
        openFolders.remove(job.destination() + " " + remoteFolder);
    }

    /** Notes, before a shared manifest does, that its lines of these names (to SHA-256) are from here. */
    public void publish(Job job, String datedFolder, Map<String, String> entries) {
        entries.forEach((name, hash) -> published.put(job.destination() + " " + name, datedFolder + " " + hash));
        file.flush();
    }

    /** Whether the line of that name and hash in a shared manifest is from here. */
    public boolean hasPublished(Job job, String datedFolder, String name, String hash) {
        return (datedFolder + " " + hash).equals(published.get(job.destination() + " " + name));
    }

    /** Makes all changes so far survive a crash of the process. */
    public void flush() {
        file.flush();
    }
}
