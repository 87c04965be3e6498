package dev.offsite.transfer;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SftpException;
import dev.offsite.job.Job;
import dev.offsite.proof.Manifest;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A dated folder that copies go into: its folders, made once each, and its manifest. */
final class OpenFolder {

    private final Job job;
    private final String path;
    private final RemoteSessions sessions;
    private final Ledger ledger;
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final Map<String, Object> making = new ConcurrentHashMap<>();
    private final Map<String, Copy> onTheirWay = new ConcurrentHashMap<>();
    private Manifest manifest = Manifest.EMPTY;
    /** Whether a run before has left something unfinished here. */
    private volatile boolean inherited;

    private OpenFolder(Job job, String path, RemoteSessions sessions, Ledger ledger) {
        this.job = job;
        this.path = path;
        this.sessions = sessions;
        this.ledger = ledger;
    }

    /**
     * Makes the dated folder with its parents, or takes the one that is there, with its manifest.
     *
     * @param path absolute
     */
    static OpenFolder open(Job job, String path, RemoteSessions sessions, Ledger ledger)
            throws JSchException, SftpException, IOException {
        OpenFolder folder = new OpenFolder(job, path, sessions, ledger);
        folder.inherited = ledger.openFolder(job, path);
        sessions.call(remote -> {
            RemoteTree.make(remote, path);
            folder.made.add(path);
            folder.manifest = readManifest(remote, path);
            return null;
        });
        return folder;
    }

    String path() {
        return path;
    }

    /** Its name below the root. */
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    synchronized Manifest manifest() {
        return manifest;
    }

    /**
     * Makes the folder of that copy below the dated folder, like {@code mkdir -p}; once, whoever asks. Level by level, so
     * that none is made behind a symbolic link, which may lead out of the root.
     */
    void makeFolderOf(String name) throws JSchException, SftpException, IOException {
        int last = name.lastIndexOf('/');
        if (last < 0 || made.contains(path + "/" + name.substring(0, last))) {
            return;
        }
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            makeOnce(path + "/" + name.substring(0, slash));
        }
    }

    /** Only those who need the same folder wait for each other. */
    private void makeOnce(String folder) throws JSchException, SftpException, IOException {
        synchronized (making.computeIfAbsent(folder, f -> new Object())) {
            if (!made.contains(folder)) {
                if (ledger.openFolder(job, folder)) {
                    inherited = true;
                }
                sessions.call(remote -> {
                    RemoteTree.make(remote, folder);
                    return null;
                });
                made.add(folder);
            }
        }
    }

    private static Manifest readManifest(RemoteSession remote, String folder) throws SftpException, IOException {
        String file = folder + "/" + Manifest.NAME;
        try {
            return remote.read(file).map(Manifest::parse).orElse(Manifest.EMPTY);
        } catch (IllegalArgumentException e) {
            // Not as its cause: the innermost message is what a person is told.
            IOException damaged =
                    new IOException("%s is damaged: %s; put it right or move it away, and then: offsite scrub"
                            .formatted(file, e.getMessage()));
            damaged.addSuppressed(e);
            throw damaged;
        }
    }

    /**
     * Replaces the manifest by one with those entries as well.
     *
     * @param entries name to SHA-256
     */
    synchronized void list(Map<String, String> entries) throws JSchException, SftpException, IOException {
        if (!manifest.has(entries)) {
            replace(manifest.with(entries));
        }
    }

    /** Replaces the manifest by one without those of the entries that are in it with another hash. */
    synchronized void unlistOthers(Map<String, String> entries) throws JSchException, SftpException, IOException {
        Set<String> others = new java.util.HashSet<>();
        entries.forEach((name, hash) -> {
            if (manifest.hash(name).filter(listed -> !listed.equals(hash)).isPresent()) {
                others.add(name);
            }
        });
        if (!others.isEmpty()) {
            replace(manifest.without(others));
        }
    }

    private void replace(Manifest next) throws JSchException, SftpException, IOException {
        String temporary = path + "/" + TemporaryName.of(Manifest.NAME);
        sessions.call(remote -> {
            try {
                remote.write(next.stream(), temporary);
                remote.rename(temporary, path + "/" + Manifest.NAME);
            } catch (SftpException e) {
                removeQuietly(remote, temporary, e);
                throw e;
            }
            return null;
        });
        manifest = next;
    }

    private static void removeQuietly(RemoteSession remote, String file, Exception why) {
        try {
            remote.remove(file);
        } catch (SftpException e) {
            why.addSuppressed(e);
        }
    }

    /**
     * Notes that a copy is on its way here.
     *
     * @throws IOException if another one of the same name is
     */
    void begin(Copy copy) throws IOException {
        Copy other = onTheirWay.putIfAbsent(copy.name(), copy);
        if (other != null && other != copy) {
            throw new IOException("another file of the same name is on its way there now");
        }
    }

    /** Notes that it no longer is. */
    void end(Copy copy) {
        onTheirWay.remove(copy.name(), copy);
    }

    /** Notes that all that was begun in this folder is done; what a run before left is {@link Recovery}'s. */
    synchronized void close() {
        if (inherited) {
            return;
        }
        ledger.closeFolder(job, path);
        made.forEach(folder -> ledger.closeFolder(job, folder));
    }
}
