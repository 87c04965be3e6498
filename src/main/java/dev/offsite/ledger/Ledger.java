package dev.offsite.ledger;

import dev.offsite.cluster.Claims;
import dev.offsite.cluster.Cluster;
import dev.offsite.io.PrivateFiles;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.source.SourceScan.SourceFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records which local files are committed, and which remote folders a run has started to write into. It is one file
 * ({@code ledger.mv} in the state folder) that survives kill -9 at any time: at worst a commit is forgotten, which
 * recovery finds out again. The nodes of a cluster share theirs.
 */
public final class Ledger extends ServiceSupport implements IdempotentRepository {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Path folder;
    private boolean staysClosed;
    /** Null without one that is shared. */
    private Supplier<Cluster> cluster;

    private volatile OpenLedger open;

    public Ledger(String folder) {
        this.folder = Path.of(folder);
    }

    /** Call it before the start. A cluster that is shared has the ledger; otherwise, it is the file. */
    public void setCluster(Supplier<Cluster> cluster) {
        this.cluster = cluster;
    }

    /**
     * Does not open the file on start. For a command that ships nothing while another process has the ledger open. A
     * shared one is always open.
     */
    public void stayClosed() {
        staysClosed = true;
    }

    /** The key of a file in its shipped state, as the file consumer's idempotentKey builds it. */
    public static String key(Job job, File file, long modifiedMillis, long size) {
        return prefix(job) + file.getPath() + " " + modifiedMillis + " " + size;
    }

    /** What all keys of the job begin with. */
    public static String prefix(Job job) {
        return job.destination() + " ";
    }

    /** The same. */
    public static String key(Job job, SourceFile file) {
        return key(job, file.file(), file.modified(), file.size());
    }

    @Override
    protected void doStart() {
        Cluster nodes = cluster == null ? null : cluster.get();
        if (nodes != null && nodes.isShared()) {
            if (!staysClosed) {
                nodes.join();
                LedgerOfOneMachine.warn(folder, nodes);
            }
            open = OpenLedger.of(new SharedMaps(nodes));
        } else if (!staysClosed) {
            open = open();
        }
    }

    private OpenLedger open() {
        try {
            PrivateFiles.makePrivate(folder);
        } catch (IOException e) {
            throw StateException.unwritable(folder, e);
        }
        return OpenLedger.of(LedgerStore.open(folder.resolve(LedgerStore.NAME)));
    }

    @Override
    protected void doStop() {
        if (open != null) {
            LedgerMaps place = open.place();
            open = null;
            place.close();
        }
    }

    /** Opens the file again after a failed write; what was not flushed then is found out by the recovery. */
    private OpenLedger maps() {
        OpenLedger now = open;
        return now != null && now.place().isClosed() ? reopened() : now;
    }

    private synchronized OpenLedger reopened() {
        if (open != null && open.place().isClosed()) {
            open = open();
        }
        return open;
    }

    @Override
    public boolean contains(String key) {
        return maps().copies().containsKey(key);
    }

    /** Whether the file in its current state was committed for the job. */
    public boolean contains(Job job, SourceFile file) {
        return contains(key(job, file));
    }

    /** Whether the ledger has any file of the job's source folder. */
    public boolean knows(Job job) {
        return maps().copies().hasPrefix(sourcePrefix(job));
    }

    private static String sourcePrefix(Job job) {
        return prefix(job) + job.source() + File.separator;
    }

    /** Whether the ledger has a file of the job's source folder whose name below it is accepted. */
    public boolean knows(Job job, Predicate<Path> name) {
        String prefix = sourcePrefix(job);
        AtomicBoolean known = new AtomicBoolean();
        maps().copies().each(prefix, (key, value) -> {
            // Its time and size are the last two words.
            String file = key.substring(prefix.length(), key.lastIndexOf(' ', key.lastIndexOf(' ') - 1));
            known.set(name.test(Path.of(file)));
            return !known.get();
        });
        return known.get();
    }

    /**
     * Whether it may have forgotten files of the job: it knows none, or it is a new file that may have replaced another,
     * and the server was not searched for what that one knew.
     */
    public boolean mayHaveForgotten(Job job) {
        return !maps().searched().containsKey(job.destination())
                && (maps().place().isBorn() || !knows(job));
    }

    /** The server was searched for files of the job that the ledger does not have. */
    public void searched(Job job) {
        maps().searched().put(job.destination(), "");
    }

    /** Does not fail: Camel would swallow that, and end the file in no way. {@link #contains} tells, and fails. */
    @Override
    public boolean add(String key) {
        try {
            return maps().copies().putIfAbsent(key, "") == null;
        } catch (StateException e) {
            LOG.debug("not added to the ledger: {}", key, e);
            return false;
        }
    }

    /** Adds a file, or replaces its value, which tells it from another one of the same path, time and size. */
    public void add(Job job, SourceFile file, String value) {
        OpenLedger now = maps();
        String before = now.copies().put(key(job, file), value);
        if (before != null && !before.equals(value)) {
            now.known().forget();
        }
    }

    /** The value of a committed file, empty if an earlier version added it. */
    public Optional<String> value(Job job, SourceFile file) {
        return Optional.ofNullable(maps().copies().get(key(job, file)));
    }

    /** The values of many files, by their keys. */
    public Map<String, String> values(Collection<String> keys) {
        return maps().copies().getAll(keys);
    }

    /** What this node knows without asking the others. */
    public KnownCopies known() {
        return maps().known();
    }

    /** The file is to be shipped again. */
    public void forget(Job job, SourceFile file) {
        removed(key(job, file));
        settled(job, file);
    }

    /** Does not fail, for the same reason as {@link #add(String)}. */
    @Override
    public boolean remove(String key) {
        try {
            return removed(key);
        } catch (StateException e) {
            LOG.debug("not removed from the ledger: {}", key, e);
            return false;
        }
    }

    private boolean removed(String key) {
        OpenLedger now = maps();
        boolean any = now.copies().remove(key) != null;
        if (any) {
            now.known().forget();
        }
        return any;
    }

    @Override
    public boolean confirm(String key) {
        return true;
    }

    @Override
    public void clear() {
        OpenLedger now = maps();
        now.copies().clear();
        now.known().forget();
    }

    /** Notes, before the commit, that the file is then to be moved or deleted. */
    public void owe(Job job, SourceFile file) {
        maps().unsettled().put(key(job, file), "");
    }

    /** Whether the file was committed in its current state, and is still to be moved or deleted. */
    public boolean owes(Job job, SourceFile file) {
        return maps().unsettled().containsKey(key(job, file)) && contains(job, file);
    }

    /** Notes that the file must not be moved or deleted before its copy is verified again, later. */
    public void delay(Job job, SourceFile file, Delay delay) {
        maps().unsettled().put(key(job, file), delay.value());
    }

    /** Empty if the file may be moved or deleted at once. */
    public Optional<Delay> delay(Job job, SourceFile file) {
        return Optional.ofNullable(maps().unsettled().get(key(job, file))).flatMap(Delay::of);
    }

    /** Whether any file of the job has to wait. */
    public boolean delays(Job job) {
        AtomicBoolean delays = new AtomicBoolean();
        maps().unsettled().each(prefix(job), (key, value) -> {
            delays.set(!value.isEmpty());
            return !delays.get();
        });
        return delays.get();
    }

    public void settled(Job job, SourceFile file) {
        maps().unsettled().remove(key(job, file));
    }

    /** Notes, before the first write, that a run writes into a folder; returns whether it was noted already. */
    public boolean openFolder(Job job, String remoteFolder) {
        boolean noted = openFolders(job, List.of(remoteFolder));
        sync();
        return noted;
    }

    /** Notes several folders; returns whether any of them was noted already. In a cluster: by this node. */
    public boolean openFolders(Job job, Collection<String> remoteFolders) {
        return maps().openFolders().note(job, remoteFolders);
    }

    /** The remote folders that earlier runs of the job started to write into and did not finish cleanly. */
    public List<String> openFolders(Job job) {
        return unfinished(job).stream().map(OpenFolder::path).distinct().toList();
    }

    /** The same, with the nodes that wrote there: this one, and others that are not alive any more. */
    public List<OpenFolder> unfinished(Job job) {
        return maps().openFolders().unfinished(job);
    }

    /** Whether another node that is alive writes into a dated folder. */
    public boolean isOpenElsewhere(Job job, String datedFolder) {
        return maps() != null
                && maps().openFolders().elsewhere(job).stream()
                        .anyMatch(folder -> (folder.path() + "/").startsWith(datedFolder + "/"));
    }

    /** What this node wrote there is finished. */
    public void closeFolder(Job job, String remoteFolder) {
        OpenLedger now = maps();
        now.openFolders().remove(job, List.of(new OpenFolder(now.place().node(), remoteFolder)));
    }

    /** What these nodes had written there is in order now. */
    public void recovered(Job job, Collection<OpenFolder> folders) {
        maps().openFolders().remove(job, folders);
    }

    /** Notes, before a shared manifest does, that its lines of these names (to SHA-256) are from here. */
    public void publish(Job job, String datedFolder, Map<String, String> entries) {
        maps().published()
                .putAll(entries.entrySet().stream()
                        .collect(Collectors.toMap(
                                entry -> prefix(job) + entry.getKey(), entry -> datedFolder + " " + entry.getValue())));
        sync();
    }

    /** Whether the line of that name and hash in a shared manifest is from here. */
    public boolean hasPublished(Job job, String datedFolder, String name, String hash) {
        return (datedFolder + " " + hash).equals(maps().published().get(prefix(job) + name));
    }

    /** This node of a cluster; "" for a single machine. */
    public String node() {
        return maps().place().node();
    }

    /** Which files the nodes work on that share it. */
    public Claims claims() {
        return maps().place().claims();
    }

    /** Makes all changes so far survive a crash of the process. */
    public void flush() {
        maps().place().flush(false);
    }

    /** Makes all changes so far survive a power cut. */
    public void sync() {
        maps().place().flush(true);
    }
}
