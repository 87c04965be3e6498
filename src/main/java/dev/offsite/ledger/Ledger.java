package dev.offsite.ledger;

import dev.offsite.job.Job;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.h2.mvstore.MVMap;

/**
 * Which local files are committed, and which remote folders a run has begun to write into. Kept in one file
 * ({@code ledger.mv} in the state folder) that survives kill -9 at any instant: what is lost then is only that a file
 * was committed, and the recovery finds that out again.
 */
public final class Ledger extends ServiceSupport implements IdempotentRepository {

    private final Path folder;
    private boolean staysClosed;
    private LedgerStore file;
    private MVMap<String, String> copies;
    private MVMap<String, String> openFolders;
    private MVMap<String, String> unsettled;

    /**
     * @param folder the state folder; made if missing
     */
    public Ledger(String folder) {
        this.folder = Path.of(folder);
    }

    /**
     * Has it stay closed when it is started, as every context does that has jobs: for one that ships nothing, beside another
     * that does and has it open.
     */
    public void stayClosed() {
        staysClosed = true;
    }

    /** The key of a file in the state in which it was shipped, as the file consumer's idempotentKey builds it. */
    public static String key(Job job, File file, long modifiedMillis, long size) {
        return key(job.destination(), file, modifiedMillis, size);
    }

    public static String key(String destination, File file, long modifiedMillis, long size) {
        return destination + " " + file.getPath() + " " + modifiedMillis + " " + size;
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

    /** Whether that file, as it is, was committed for that job. */
    public boolean contains(Job job, SourceFile file) {
        return contains(key(job, file.file(), file.modified(), file.size()));
    }

    /** Whether any file below the job's source folder was ever committed for it. */
    public boolean knows(Job job) {
        String prefix = job.destination() + " " + job.source() + File.separator;
        String first = copies.ceilingKey(prefix);
        return first != null && first.startsWith(prefix);
    }

    @Override
    public boolean add(String key) {
        return copies.putIfAbsent(key, "") == null;
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

    /** Notes, before a file is committed, that it is to be moved or deleted then. */
    public void owe(String key) {
        unsettled.put(key, "");
    }

    /** Whether a file is committed and still to be moved or deleted. */
    public boolean owes(String key) {
        return unsettled.containsKey(key) && copies.containsKey(key);
    }

    /** The same of that file, as it is. */
    public boolean owes(Job job, SourceFile file) {
        // Where nothing is to be moved or deleted, this must cost nothing: it is asked of each file there is.
        return !unsettled.isEmpty() && owes(key(job, file.file(), file.modified(), file.size()));
    }

    /** Whether there is anything to do about that file, as it is: to commit it, or to move or delete it. */
    public boolean isOpen(Job job, SourceFile file) {
        return !contains(job, file) || owes(job, file);
    }

    /** Notes that it was moved or deleted. */
    public void settled(String key) {
        unsettled.remove(key);
    }

    /**
     * Notes, before the first write there, that a run writes into that remote folder.
     *
     * @return whether that was noted already
     */
    public boolean openFolder(Job job, String remoteFolder) {
        return openFolders(job, List.of(remoteFolder));
    }

    /** The same for several; whether that was noted of one of them already. */
    public boolean openFolders(Job job, Collection<String> remoteFolders) {
        long noted = remoteFolders.stream()
                .filter(folder -> openFolders.put(job.destination() + " " + folder, folder) != null)
                .count();
        if (noted < remoteFolders.size()) {
            file.flush();
        }
        return noted > 0;
    }

    /** The remote folders that earlier runs of that job began to write into and did not end cleanly. */
    public List<String> openFolders(Job job) {
        String prefix = job.destination() + " ";
        return openFolders.entrySet().stream()
                .filter(e -> e.getKey().startsWith(prefix))
                .map(java.util.Map.Entry::getValue)
                .toList();
    }

    /** Notes that nothing of ours is unfinished in that remote folder. */
    public void closeFolder(Job job, String remoteFolder) {
        openFolders.remove(job.destination() + " " + remoteFolder);
    }

    /** Makes what was added so far survive a crash of the process. */
    public void flush() {
        file.flush();
    }
}
