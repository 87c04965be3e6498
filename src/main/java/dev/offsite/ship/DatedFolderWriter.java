package dev.offsite.ship;

import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteFolders;
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

/** A dated folder that copies go into: its folders, made once each, and its manifest. */
public final class DatedFolderWriter {

    private final Job job;
    private final String path;
    private final SftpSessionPool sessions;
    private final Ledger ledger;
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final Set<String> noted = new HashSet<>();
    private final Map<String, Upload> onTheirWay = new ConcurrentHashMap<>();
    private Manifest manifest = Manifest.EMPTY;
    /** Whether a run before has left something unfinished here. */
    private volatile boolean inherited;

    private DatedFolderWriter(Job job, String path, SftpSessionPool sessions, Ledger ledger) {
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
    static DatedFolderWriter open(Job job, String path, SftpSessionPool sessions, Ledger ledger) throws IOException {
        DatedFolderWriter folder = new DatedFolderWriter(job, path, sessions, ledger);
        folder.inherited = ledger.openFolder(job, path);
        sessions.call(remote -> {
            RemoteFolders.make(remote, path);
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
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    public synchronized Manifest manifest() {
        return manifest;
    }

    /**
     * Makes the folder of that copy below the dated folder, like {@code mkdir -p}.
     *
     * @throws Exception if it cannot be made
     */
    public void makeFolderOf(String name) throws Exception {
        Exception failure = makeFoldersOf(List.of(name)).get(name);
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Makes the folders of those copies, each once. Level by level, so that none is made behind a symbolic link, which may
     * lead out of the root; those of one level without waiting for one before the next.
     *
     * @return why a copy has no folder, by its name
     */
    public Map<String, Exception> makeFoldersOf(Collection<String> names) throws IOException {
        SortedMap<Integer, Set<String>> levels = new TreeMap<>();
        for (String name : names) {
            int level = 0;
            for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
                String folder = name.substring(0, slash);
                if (!made.contains(path + "/" + folder)) {
                    levels.computeIfAbsent(level, l -> new TreeSet<>()).add(folder);
                }
                level++;
            }
        }
        if (levels.isEmpty()) {
            return Map.of();
        }
        note(levels.values());
        Map<String, Exception> failed = new HashMap<>();
        sessions.call(remote -> {
            for (Set<String> level : levels.values()) {
                make(remote, level, failed);
            }
            return null;
        });
        return names.stream()
                .filter(name -> failed.containsKey(folderOf(name)))
                .collect(Collectors.toMap(name -> name, name -> failed.get(folderOf(name))));
    }

    private static String folderOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    /** Before the first is made; noted is noted before anybody writes there, whoever was the first to ask. */
    private synchronized void note(Collection<Set<String>> levels) {
        List<String> folders = levels.stream()
                .flatMap(Set::stream)
                .map(folder -> path + "/" + folder)
                .filter(noted::add)
                .toList();
        inherited |= ledger.openFolders(job, folders);
    }

    /** Two who need the same folder may both ask for it: to the second it is there. */
    private void make(SftpSession remote, Set<String> level, Map<String, Exception> failed) throws IOException {
        level.stream()
                .filter(folder -> failed.containsKey(folderOf(folder)))
                .forEach(folder -> failed.put(folder, failed.get(folderOf(folder))));
        List<String> folders =
                level.stream().filter(folder -> !failed.containsKey(folder)).toList();
        List<Optional<Exception>> failures = remote.makeFolders(
                folders.stream().map(folder -> path + "/" + folder).toList());
        for (int i = 0; i < folders.size(); i++) {
            String folder = folders.get(i);
            failures.get(i).ifPresentOrElse(e -> failed.put(folder, e), () -> made.add(path + "/" + folder));
        }
    }

    private static Manifest readManifest(SftpSession remote, String folder) throws IOException {
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
    public synchronized void list(Map<String, String> entries) throws IOException {
        if (!manifest.has(entries)) {
            replace(manifest.with(entries));
        }
    }

    /** Replaces the manifest by one without those of the entries that are in it with another hash. */
    public synchronized void unlistOthers(Map<String, String> entries) throws IOException {
        Set<String> others = new HashSet<>();
        entries.forEach((name, hash) -> {
            if (manifest.hash(name).filter(listed -> !listed.equals(hash)).isPresent()) {
                others.add(name);
            }
        });
        if (!others.isEmpty()) {
            replace(manifest.without(others));
        }
    }

    private void replace(Manifest next) throws IOException {
        String temporary = path + "/" + TemporaryName.of(Manifest.NAME);
        sessions.call(remote -> {
            try {
                remote.write(next.stream(), temporary);
                remote.rename(temporary, path + "/" + Manifest.NAME);
            } catch (SftpStatusException e) {
                removeQuietly(remote, temporary, e);
                throw e;
            }
            return null;
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

    /**
     * Notes that a copy is on its way here.
     *
     * @throws IOException if another one of the same name is
     */
    void begin(Upload copy) throws IOException {
        Upload other = onTheirWay.putIfAbsent(copy.name(), copy);
        if (other != null && other != copy) {
            throw new IOException("another file of the same name is on its way there now");
        }
    }

    /** Notes that it no longer is. */
    void end(Upload copy) {
        onTheirWay.remove(copy.name(), copy);
    }

    /** Notes that all that was begun in this folder is done; what a run before left is {@link CrashRecovery}'s. */
    synchronized void close() {
        if (inherited) {
            return;
        }
        ledger.closeFolder(job, path);
        made.forEach(folder -> ledger.closeFolder(job, folder));
    }
}
