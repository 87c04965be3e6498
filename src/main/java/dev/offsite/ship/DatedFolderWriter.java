package dev.offsite.ship;

import dev.offsite.io.Permissions;
import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.RemoteFolders;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.SftpSession;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A dated folder that copies are written into, with its subfolders and its manifest. */
public final class DatedFolderWriter {

    private static final Logger LOG = LoggerFactory.getLogger(DatedFolderWriter.class);
    private static final int READ = 0444;

    private final Job job;
    private final String path;
    private final SftpSessionPool sessions;
    private final Ledger ledger;
    /** The permissions of each folder that is there; -1 if they are left to the server. */
    private final Map<String, Integer> made = new ConcurrentHashMap<>();

    private final Set<String> noted = new HashSet<>();
    private final Map<String, Upload> onTheirWay = new ConcurrentHashMap<>();
    private Manifest manifest;
    /** Whether an earlier run left something unfinished here. */
    private volatile boolean inherited;

    /**
     * Opens the folder at an absolute path, creating it and its parents if missing, and reads its manifest.
     *
     * @param mode if it is missing; -1 leaves it to the server
     */
    DatedFolderWriter(Job job, String path, int mode, SftpSessionPool sessions, Ledger ledger) throws IOException {
        this.job = job;
        this.path = path;
        this.sessions = sessions;
        this.ledger = ledger;
        inherited = ledger.openFolder(job, path);
        manifest = sessions.call(remote -> {
            made.put(path, RemoteFolders.make(remote, path, mode));
            return readManifest(remote, path);
        });
    }

    String path() {
        return path;
    }

    /** Its name below the root. */
    public String name() {
        return RemotePath.name(path);
    }

    public synchronized Manifest manifest() {
        return manifest;
    }

    /** Makes the folder of one copy, with its parents. */
    public void makeFolderOf(Upload copy) throws Exception {
        Exception failure = makeFoldersOf(List.of(copy)).get(copy.name());
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Makes each folder once, level by level: none may be created behind a symbolic link that leads out of the root.
     * Requests of one level are sent without waiting for each other. Folders that are there are opened to those who may
     * read the copies, and never closed to anybody.
     *
     * @return why a copy has no folder, by the copy's name
     */
    public Map<String, Exception> makeFoldersOf(Collection<Upload> copies) throws IOException {
        Map<String, Integer> modes = new HashMap<>();
        SortedMap<Integer, Set<String>> levels = new TreeMap<>();
        for (Upload copy : copies) {
            modes.merge(path, copy.folderMode(), (a, b) -> a | b);
            int level = 0;
            String name = copy.name();
            for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
                String folder = name.substring(0, slash);
                modes.merge(path + "/" + folder, copy.folderMode(), (a, b) -> a | b);
                if (!made.containsKey(path + "/" + folder)) {
                    levels.computeIfAbsent(level, l -> new TreeSet<>()).add(folder);
                }
                level++;
            }
        }
        Map<String, Exception> failed = new HashMap<>();
        if (!levels.isEmpty()) {
            note(levels.values());
            sessions.run(remote -> {
                for (Set<String> level : levels.values()) {
                    make(remote, level, modes, failed);
                }
            });
        }
        open(modes);
        return copies.stream()
                .map(Upload::name)
                .filter(name -> failed.containsKey(folderOf(name)))
                .collect(Collectors.toMap(name -> name, name -> failed.get(folderOf(name))));
    }

    /** Opens folders to those who may read the copies in them. */
    private void open(Map<String, Integer> modes) throws IOException {
        for (Map.Entry<String, Integer> one : modes.entrySet()) {
            int now = made.getOrDefault(one.getKey(), -1);
            int needed = now | one.getValue();
            if (now >= 0 && needed >= 0 && needed != now) {
                try {
                    sessions.run(remote -> remote.setMode(one.getKey(), needed));
                } catch (SftpStatusException e) {
                    if (!e.answered()) {
                        throw e;
                    }
                    LOG.debug("{}: {} stays as closed as it is", job.name(), one.getKey(), e);
                }
                made.put(one.getKey(), needed);
            }
        }
    }

    private static String folderOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    /** Records the folders in the ledger before the first write to any of them. */
    private synchronized void note(Collection<Set<String>> levels) {
        List<String> folders = levels.stream()
                .flatMap(Set::stream)
                .map(folder -> path + "/" + folder)
                .filter(noted::add)
                .toList();
        inherited |= ledger.openFolders(job, folders);
    }

    /** Safe to call twice for one folder: the second mkdir finds it. */
    private void make(SftpSession remote, Set<String> level, Map<String, Integer> modes, Map<String, Exception> failed)
            throws IOException {
        level.stream()
                .filter(folder -> failed.containsKey(folderOf(folder)))
                .forEach(folder -> failed.put(folder, failed.get(folderOf(folder))));
        List<String> folders =
                level.stream().filter(folder -> !failed.containsKey(folder)).toList();
        List<RemoteFolders.Made> results = remote.makeFolders(
                folders.stream().map(folder -> path + "/" + folder).toList(), modes::get);
        for (int i = 0; i < folders.size(); i++) {
            RemoteFolders.Made result = results.get(i);
            if (result.failure() == null) {
                made.put(path + "/" + folders.get(i), result.mode());
            } else {
                failed.put(folders.get(i), result.failure());
            }
        }
    }

    private static Manifest readManifest(SftpSession remote, String folder) throws IOException {
        String file = folder + "/" + Manifest.NAME;
        try {
            Optional<RemoteFile> there = remote.stat(file);
            if (there.isPresent() && !there.get().file()) {
                throw new IOException(
                        "%s is %s, no regular file: who put it there? Move it away, and then: offsite scrub"
                                .formatted(file, there.get().link() ? "a symbolic link" : "something else"));
            }
            return there.isEmpty()
                    ? Manifest.EMPTY
                    : remote.read(file).map(Manifest::parse).orElse(Manifest.EMPTY);
        } catch (IllegalArgumentException e) {
            // Not as the cause, since users are shown the innermost message.
            IOException damaged =
                    new IOException("%s is damaged: %s; put it right or move it away, and then: offsite scrub"
                            .formatted(file, e.getMessage()));
            damaged.addSuppressed(e);
            throw damaged;
        }
    }

    /** Adds entries (name to SHA-256) by replacing the manifest file. */
    public synchronized void list(Map<String, String> entries) throws IOException {
        if (!manifest.has(entries)) {
            replace(manifest.with(entries));
        }
    }

    /** Removes the given names from the manifest where it lists another hash. */
    public synchronized void unlistOthers(Map<String, String> entries) throws IOException {
        Set<String> others = new HashSet<>(entries.keySet());
        others.removeIf(name -> manifest.hash(name)
                .filter(listed -> !listed.equals(entries.get(name)))
                .isEmpty());
        if (!others.isEmpty()) {
            replace(manifest.without(others));
        }
    }

    private void replace(Manifest next) throws IOException {
        String temporary = path + "/" + TemporaryName.random(Manifest.NAME);
        int folderMode = job.target().modes().of(made.get(path));
        // As open as the folder, which is as open as the copies in it.
        int mode = folderMode < 0 ? -1 : (folderMode & READ) | Permissions.PRIVATE;
        sessions.run(remote -> {
            try {
                remote.write(next.stream(), temporary, mode);
                remote.rename(temporary, path + "/" + Manifest.NAME);
            } catch (SftpStatusException e) {
                removeQuietly(remote, temporary, e);
                throw e;
            }
        });
        manifest = next;
    }

    private static void removeQuietly(SftpSession remote, String file, Exception why) {
        try {
            remote.remove(file);
        } catch (SftpStatusException e) {
            why.addSuppressed(e);
        }
    }

    /** Registers an upload; fails if another upload has the same name. */
    void begin(Upload copy) throws IOException {
        Upload other = onTheirWay.putIfAbsent(copy.name(), copy);
        if (other != null && other != copy) {
            throw new IOException("another file of the same name is on its way there now");
        }
    }

    void end(Upload copy) {
        onTheirWay.remove(copy.name(), copy);
    }

    /** Called when all uploads here are finished. Leftovers of earlier runs are left to {@link CrashRecovery}. */
    synchronized void close() {
        if (inherited) {
            return;
        }
        ledger.closeFolder(job, path);
        made.keySet().forEach(folder -> ledger.closeFolder(job, folder));
    }
}
