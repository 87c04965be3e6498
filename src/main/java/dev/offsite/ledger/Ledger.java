package dev.offsite.ledger;

import dev.offsite.io.PrivateFiles;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.h2.mvstore.MVMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records which local files are committed, and which remote folders a run has started to write into. It is one file
 * ({@code ledger.mv} in the state folder) that survives kill -9 at any time: at worst a commit is forgotten, which
 * recovery finds out again.
 */
public final class Ledger extends ServiceSupport implements IdempotentRepository {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Path folder;
    private boolean staysClosed;
    private volatile Open open;

    /** The store, and its maps. */
    private record Open(
            LedgerStore file,
            MVMap<String, String> copies,
            MVMap<String, String> openFolders,
            MVMap<String, String> unsettled,
            MVMap<String, String> searched,
            MVMap<String, String> published) {
        static Open of(LedgerStore file) {
            return new Open(
                    file,
                    file.map("copies"),
                    file.map("openFolders"),
                    file.map("unsettled"),
                    file.map("searched"),
                    file.map("published"));
        }
    }

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
        if (!staysClosed) {
            open = open();
        }
    }

    private Open open() {
        try {
            PrivateFiles.makePrivate(folder);
        } catch (IOException e) {
            throw StateException.unwritable(folder, e);
        }
        LedgerStore file = LedgerStore.open(folder.resolve("ledger.mv"));
        return file.call(() -> Open.of(file));
    }

    @Override
    protected void doStop() {
        if (open != null) {
            LedgerStore file = open.file();
            open = null;
            file.close();
        }
    }

    /** Opens the file again after a failed write; what was not flushed then is found out by the recovery. */
    private Open maps() {
        Open now = open;
        return now != null && now.file().isClosed() ? reopened() : now;
    }

    private synchronized Open reopened() {
        if (open != null && open.file().isClosed()) {
            open = open();
        }
        return open;
    }

    private <T> T call(Function<Open, T> access) {
        Open maps = maps();
        return maps.file().call(() -> access.apply(maps));
    }

    @Override
    public boolean contains(String key) {
        return call(maps -> maps.copies().containsKey(key));
    }

    /** Whether the file in its current state was committed for the job. */
    public boolean contains(Job job, SourceFile file) {
        return contains(key(job, file));
    }

    /** Whether the ledger has any file of the job's source folder. */
    public boolean knows(Job job) {
        String prefix = job.destination() + " " + job.source() + File.separator;
        String first = call(maps -> maps.copies().ceilingKey(prefix));
        return first != null && first.startsWith(prefix);
    }

    /** Whether the ledger has a file of the job's source folder whose name below it is accepted. */
    public boolean knows(Job job, Predicate<Path> name) {
        String prefix = job.destination() + " " + job.source() + File.separator;
        return call(maps -> {
            for (Iterator<String> keys = maps.copies().keyIterator(prefix); keys.hasNext(); ) {
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
        });
    }

    /**
     * Whether it may have forgotten files of the job: it knows none, or it is a new file that may have replaced another,
     * and the server was not searched for what that one knew.
     */
    public boolean mayHaveForgotten(Job job) {
        return !call(maps -> maps.searched().containsKey(job.destination()))
                && (maps().file().isBorn() || !knows(job));
    }

    /** The server was searched for files of the job that the ledger does not have. */
    public void searched(Job job) {
        call(maps -> maps.searched().put(job.destination(), ""));
    }

    /** Does not fail: Camel would swallow that, and end the file in no way. {@link #contains} tells, and fails. */
    @Override
    public boolean add(String key) {
        try {
            return call(maps -> maps.copies().putIfAbsent(key, "")) == null;
        } catch (StateException e) {
            LOG.debug("not added to the ledger: {}", key, e);
            return false;
        }
    }

    /** Adds a file, or replaces its value, which tells it from another one of the same path, time and size. */
    public void add(Job job, SourceFile file, String value) {
        call(maps -> maps.copies().put(key(job, file), value));
    }

    /** The value of a committed file, empty if an earlier version added it. */
    public Optional<String> value(Job job, SourceFile file) {
        return Optional.ofNullable(call(maps -> maps.copies().get(key(job, file))));
    }

    /** The file is to be shipped again. */
    public void forget(Job job, SourceFile file) {
        call(maps -> maps.copies().remove(key(job, file)));
        settled(job, file);
    }

    /** Does not fail, for the same reason as {@link #add(String)}. */
    @Override
    public boolean remove(String key) {
        try {
            return call(maps -> maps.copies().remove(key)) != null;
        } catch (StateException e) {
            LOG.debug("not removed from the ledger: {}", key, e);
            return false;
        }
    }

    @Override
    public boolean confirm(String key) {
        return true;
    }

    @Override
    public void clear() {
        call(maps -> {
            maps.copies().clear();
            return maps;
        });
    }

    /** Notes, before the commit, that the file is then to be moved or deleted. */
    public void owe(Job job, SourceFile file) {
        call(maps -> maps.unsettled().put(key(job, file), ""));
    }

    /** Whether the file was committed in its current state, and is still to be moved or deleted. */
    public boolean owes(Job job, SourceFile file) {
        // Called for every file, so the usual case must be cheap.
        return call(maps -> !maps.unsettled().isEmpty() && maps.unsettled().containsKey(key(job, file)))
                && contains(job, file);
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
        call(maps -> maps.unsettled().put(key(job, file), delay.since() + " " + delay.folder()));
    }

    /** Empty if the file may be moved or deleted at once. */
    public Optional<Delay> delay(Job job, SourceFile file) {
        String[] words =
                call(maps -> maps.unsettled().getOrDefault(key(job, file), "")).split(" ", 2);
        return words.length < 2 ? Optional.empty() : Optional.of(new Delay(Instant.parse(words[0]), words[1]));
    }

    /** Whether any file of the job has to wait. */
    public boolean delays(Job job) {
        String prefix = job.destination() + " ";
        return call(maps -> maps.unsettled().entrySet().stream()
                .anyMatch(e -> !e.getValue().isEmpty() && e.getKey().startsWith(prefix)));
    }

    public void settled(Job job, SourceFile file) {
        call(maps -> maps.unsettled().remove(key(job, file)));
    }

    /** Notes, before the first write, that a run writes into a folder; returns whether it was noted already. */
    public boolean openFolder(Job job, String remoteFolder) {
        boolean noted = openFolders(job, List.of(remoteFolder));
        sync();
        return noted;
    }

    /** Notes several folders; returns whether any of them was noted already. */
    public boolean openFolders(Job job, Collection<String> remoteFolders) {
        long noted = call(maps -> remoteFolders.stream()
                .filter(folder -> maps.openFolders().put(job.destination() + " " + folder, folder) != null)
                .count());
        if (noted < remoteFolders.size()) {
            flush();
        }
        return noted > 0;
    }

    /** The remote folders that earlier runs of the job started to write into and did not finish cleanly. */
    public List<String> openFolders(Job job) {
        String prefix = job.destination() + " ";
        return call(maps -> maps.openFolders().entrySet().stream()
                .filter(e -> e.getKey().startsWith(prefix))
                .map(Map.Entry::getValue)
                .toList());
    }

    public void closeFolder(Job job, String remoteFolder) {
        call(maps -> maps.openFolders().remove(job.destination() + " " + remoteFolder));
    }

    /** Notes, before a shared manifest does, that its lines of these names (to SHA-256) are from here. */
    public void publish(Job job, String datedFolder, Map<String, String> entries) {
        call(maps -> {
            entries.forEach(
                    (name, hash) -> maps.published().put(job.destination() + " " + name, datedFolder + " " + hash));
            return maps;
        });
        sync();
    }

    /** Whether the line of that name and hash in a shared manifest is from here. */
    public boolean hasPublished(Job job, String datedFolder, String name, String hash) {
        return (datedFolder + " " + hash).equals(call(maps -> maps.published().get(job.destination() + " " + name)));
    }

    /** Makes all changes so far survive a crash of the process. */
    public void flush() {
        maps().file().flush(false);
    }

    /** Makes all changes so far survive a power cut. */
    public void sync() {
        maps().file().flush(true);
    }
}
