package dev.offsite.ship;

import dev.offsite.catalog.RemoteManifest;
import dev.offsite.io.Permissions;
import dev.offsite.io.StateException;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.owner.ManifestLocks;
import dev.offsite.owner.ManifestTurns;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import dev.offsite.verify.VerificationLog;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The manifest of a dated folder, and its changes: one at a time, also between the writers of a shared root. */
public final class ManifestWriter {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final int READ = 0444;

    private final Job job;
    private final String folder;
    private final IntSupplier mode;
    private final SftpSessionPool sessions;
    private final Ledger ledger;
    private final ManifestLocks locks;
    /** Locked while the manifest is changed. */
    private final ReentrantLock changing = new ReentrantLock();
    /** What was listed from here. */
    private Manifest listedHere = Manifest.EMPTY;

    private volatile Manifest listed;
    /** The size of its text; negative if it was not counted yet. */
    private long bytes = -1;

    private ManifestLocks.Lock lock;
    private ManifestTurns.Turn turn;
    /** What stands for the last change of a node that is in {@link #listed}; null before the first turn. */
    private String change;

    /**
     * Reads the manifest of the folder at an absolute path.
     *
     * @param mode the folder's permissions; -1 if they are left to the server
     */
    ManifestWriter(
            Job job, String folder, IntSupplier mode, SftpSessionPool sessions, Ledger ledger, ManifestLocks locks)
            throws IOException {
        this.job = job;
        this.folder = folder;
        this.mode = mode;
        this.sessions = sessions;
        this.ledger = ledger;
        this.locks = locks;
        listed = sessions.call(this::read);
        if (job.shared()) {
            locks.require(job.target(), sessions, folder);
        }
    }

    public String path() {
        return folder + "/" + Manifest.NAME;
    }

    /** What it lists, as last read or written here. */
    public Manifest listed() {
        return listed;
    }

    private Manifest read(SftpSession remote) throws IOException {
        try {
            Optional<RemoteFile> there = there(remote);
            return there.isEmpty()
                    ? Manifest.EMPTY
                    : RemoteManifest.read(remote, folder).orElse(Manifest.EMPTY);
        } catch (IllegalArgumentException e) {
            // Not as the cause, since users are shown the innermost message.
            IOException damaged = new DamagedManifestException(
                    "%s is damaged: %s; put it right or move it away, and then: offsite scrub"
                            .formatted(path(), e.getMessage()));
            damaged.addSuppressed(e);
            throw damaged;
        }
    }

    /** Until it is closed, nobody else changes the manifest. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** Locks the manifest, and reads it again if somebody else may have changed it. */
    public Hold hold(BooleanSupplier stopping) throws IOException {
        changing.lock();
        boolean held = false;
        try {
            if (changing.getHoldCount() == 1) {
                turn = locks.turns().take(job, folder, stopping);
                // Before any copy gets its name: it could not be listed.
                locks.requireReplacing(job.target(), sessions, folder);
                lock = job.shared() ? locks.take(job, sessions, folder, stopping) : null;
                refresh();
            }
            held = true;
            return this::release;
        } finally {
            if (!held) {
                release();
            }
        }
    }

    private void release() {
        if (changing.getHoldCount() == 1) {
            if (lock != null) {
                lock.close();
                lock = null;
            }
            if (turn != null) {
                turn.close();
                turn = null;
            }
        }
        changing.unlock();
    }

    /**
     * Reads the manifest again: in a shared root always, otherwise only if another node or its size says that somebody else wrote it. Lists
     * again what was listed from here and is missing.
     */
    private void refresh() throws IOException {
        Manifest known = listed;
        if (bytes < 0) {
            bytes = size(known);
        }
        String now = turn.change();
        boolean stale = job.shared() || !now.equals(change == null ? "" : change);
        listed = sessions.call(remote -> stale || size(remote) != bytes ? read(remote) : known);
        change = now;
        if (listed.equals(known)) {
            return;
        }
        bytes = -1;
        Map<String, String> dropped = new HashMap<>();
        for (Map.Entry<String, String> entry : listedHere.entries()) {
            if (listed.hash(entry.getKey()).isEmpty()) {
                dropped.put(entry.getKey(), entry.getValue());
            }
        }
        if (!dropped.isEmpty()) {
            LOG.warn(
                    "{}: another writer dropped {} lines of this run from {}; they are listed again",
                    job.name(),
                    dropped.size(),
                    path());
            replace(listed.with(dropped));
        }
    }

    private long size(SftpSession remote) throws IOException {
        return there(remote).map(RemoteFile::size).orElse(0L);
    }

    /** Fails if it is no regular file, which a rename might write through. */
    private Optional<RemoteFile> there(SftpSession remote) throws IOException {
        Optional<RemoteFile> there = remote.stat(path());
        if (there.isPresent() && !there.get().file()) {
            throw new DamagedManifestException(
                    "%s is %s, no regular file: who put it there? Move it away, and then: offsite scrub"
                            .formatted(path(), there.get().link() ? "a symbolic link" : "something else"));
        }
        return there;
    }

    private static long size(Manifest manifest) throws IOException {
        return manifest.stream().transferTo(OutputStream.nullOutputStream());
    }

    /** Adds entries (name to SHA-256) by replacing the manifest file. */
    public void list(Map<String, String> entries) throws IOException {
        try (Hold hold = hold(() -> false)) {
            if (job.shared()) {
                ledger.publish(job, RemotePath.name(folder), entries);
            }
            add(entries);
        }
    }

    /** The same, with a part of the manifest, and without the names of others. */
    void list(Map<String, String> entries, VerificationLog.Entry part, Collection<String> gone) throws IOException {
        try (Hold hold = hold(() -> false)) {
            Map<String, String> all = new HashMap<>(entries);
            all.put(part.name(), part.sha256());
            if (job.shared()) {
                ledger.publish(job, RemotePath.name(folder), all);
            }
            listedHere = listedHere.without(gone);
            replace(listed.without(gone).with(all));
            listedHere = listedHere.with(all);
        }
    }

    /** Adds entries, except for names that are listed. */
    public void listMissing(Map<String, String> entries) throws IOException {
        try (Hold hold = hold(() -> false)) {
            Map<String, String> missing = new HashMap<>(entries);
            missing.keySet().removeAll(listed.names());
            add(missing);
        }
    }

    private void add(Map<String, String> entries) throws IOException {
        if (!listed.has(entries)) {
            replace(listed.with(entries));
        }
        Manifest here = listedHere.with(entries);
        // The usual case, and then it takes no memory of its own.
        listedHere = here.equals(listed) ? listed : here;
    }

    /**
     * The names that another writer of the shared root has listed.
     *
     * @param sameToo whether also with the same content
     */
    public Set<String> ofOthers(Map<String, String> entries, boolean sameToo) {
        if (!job.shared()) {
            return Set.of();
        }
        Set<String> others = sameToo ? new HashSet<>(entries.keySet()) : listedOtherwise(entries);
        others.removeIf(name -> listed.hash(name)
                .filter(hash -> !ledger.hasPublished(job, RemotePath.name(folder), name, hash))
                .isEmpty());
        return others;
    }

    /** Removes the given names from the manifest where it lists another hash; returns that hash by name. */
    public Map<String, String> unlistOthers(Map<String, String> entries) throws IOException {
        try (Hold hold = hold(() -> false)) {
            Map<String, String> others = new HashMap<>();
            listedOtherwise(entries)
                    .forEach(name -> others.put(name, listed.hash(name).orElseThrow()));
            if (!others.isEmpty()) {
                replace(listed.without(others.keySet()));
                listedHere = listedHere.without(others.keySet());
            }
            return others;
        }
    }

    private Set<String> listedOtherwise(Map<String, String> entries) {
        Set<String> others = new HashSet<>(entries.keySet());
        others.removeIf(name -> listed.hash(name)
                .filter(hash -> !hash.equals(entries.get(name)))
                .isEmpty());
        return others;
    }

    /** Removes entries (name to SHA-256). */
    public void unlist(Map<String, String> entries) throws IOException {
        try (Hold hold = hold(() -> false)) {
            Set<String> gone = new HashSet<>(entries.keySet());
            gone.removeIf(name -> !listed.has(Map.of(name, entries.get(name))));
            if (!gone.isEmpty()) {
                replace(listed.without(gone));
                listedHere = listedHere.without(gone);
            }
        }
    }

    /** Its permissions: as open as the folder, which is as open as the copies in it. -1 leaves them to the server. */
    int mode() {
        int folderMode = job.target().modes().of(mode.getAsInt());
        return folderMode < 0 ? -1 : (folderMode & READ) | Permissions.PRIVATE;
    }

    /** A hidden name for what is written beside it: another one at each call, of this node. */
    String temporary(String name) {
        return folder + "/" + TemporaryName.random(name, ledger.node());
    }

    private void replace(Manifest next) throws IOException {
        String temporary = temporary(Manifest.NAME);
        int own = mode();
        sessions.run(remote -> {
            try {
                remote.write(next.stream(), temporary, own);
                if (lock != null) {
                    lock.check(remote);
                }
                change = turn.changes();
                remote.rename(temporary, path());
            } catch (IOException | StateException e) {
                removeQuietly(remote, temporary, e);
                throw e;
            }
        });
        listed = next;
        bytes = -1;
    }

    private static void removeQuietly(SftpSession remote, String file, Exception why) {
        try {
            remote.remove(file);
        } catch (SftpStatusException e) {
            why.addSuppressed(e);
        }
    }
}
