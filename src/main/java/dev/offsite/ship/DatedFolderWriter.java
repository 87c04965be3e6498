package dev.offsite.ship;

import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.owner.ManifestLocks;
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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A dated folder that copies are written into, with its subfolders. */
public final class DatedFolderWriter {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");

    private final Job job;
    private final String path;
    private final SftpSessionPool sessions;
    private final Ledger ledger;
    /** The permissions of each folder that is there; -1 if they are left to the server. */
    private final Map<String, Integer> made = new ConcurrentHashMap<>();

    /** The folders that were made here, so that nothing else is in them. */
    private final Set<String> fresh = ConcurrentHashMap.newKeySet();

    private final Set<String> noted = new HashSet<>();
    private final Map<String, Upload> onTheirWay = new ConcurrentHashMap<>();
    private final ManifestWriter manifest;
    private final Optional<ManifestPartWriter> parts;
    /** Whether an earlier run left something unfinished here. */
    private volatile boolean inherited;

    /**
     * Opens the folder at an absolute path, creating it and its parents if missing, and reads its manifest.
     *
     * @param mode if it is missing; -1 leaves it to the server
     */
    DatedFolderWriter(
            Job job,
            String path,
            int mode,
            SftpSessionPool sessions,
            Ledger ledger,
            ManifestLocks locks,
            Contents contents)
            throws IOException {
        this.job = job;
        this.path = path;
        this.sessions = sessions;
        this.ledger = ledger;
        inherited = ledger.openFolder(job, path);
        sessions.run(remote -> made(path, RemoteFolders.make(remote, path, mode)));
        manifest = new ManifestWriter(job, path, () -> made.get(path), sessions, ledger, locks);
        parts = job.encryption().map(how -> new ManifestPartWriter(contents, job, how, manifest, sessions));
    }

    public String path() {
        return path;
    }

    /** The folders that these copies are in, with all their parents up to the root. */
    public List<String> foldersOf(Collection<String> copies) {
        return folders(job, path, copies);
    }

    /** The same for copies below any dated folder, whose path is absolute. */
    static List<String> folders(Job job, String dated, Collection<String> copies) {
        SortedSet<String> folders = new TreeSet<>(List.of(job.root(), dated));
        for (String copy : copies) {
            RemotePath.parents(copy).forEach(folder -> folders.add(dated + "/" + folder));
        }
        return List.copyOf(folders);
    }

    /** Its name below the root. */
    public String name() {
        return RemotePath.name(path);
    }

    public ManifestWriter manifest() {
        return manifest;
    }

    /** Says what is inside encrypted copies; empty if the job does not encrypt. */
    public Optional<ManifestPartWriter> parts() {
        return parts;
    }

    /** Lists copies, name to SHA-256, with the part that was prepared. */
    public void list(Map<String, String> copies) throws IOException {
        if (parts.isPresent() && !copies.isEmpty()) {
            parts.get().list(copies);
        } else {
            manifest.list(copies);
        }
    }

    private void made(String folder, RemoteFolders.Made result) {
        made.put(folder, result.mode());
        if (result.anew()) {
            fresh.add(folder);
        }
    }

    /** Whether the folder of a copy was made here, so that it contains what was shipped here, and no links. */
    public boolean isFresh(Upload copy) {
        return fresh.contains(RemotePath.parent(path + "/" + copy.copyName()));
    }

    /** Makes the folder of one copy, with its parents. */
    public void makeFolderOf(Upload copy) throws Exception {
        Exception failure = makeFoldersOf(List.of(copy)).get(copy.copyName());
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
            String name = copy.copyName();
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
                .map(Upload::copyName)
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
                made(path + "/" + folders.get(i), result);
            } else {
                failed.put(folders.get(i), result.failure());
            }
        }
    }

    /** Registers an upload; fails if another upload has the same name. */
    void begin(Upload copy) throws IOException {
        Upload other = onTheirWay.putIfAbsent(copy.copyName(), copy);
        if (other != null && other != copy) {
            throw new IOException("another file of the same name is on its way there now");
        }
    }

    void end(Upload copy) {
        onTheirWay.remove(copy.copyName(), copy);
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
