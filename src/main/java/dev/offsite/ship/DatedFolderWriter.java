package dev.offsite.ship;

import dev.offsite.job.Job;
import dev.offsite.ledger.Ledger;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
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
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A dated folder that copies are written into, with its subfolders and its manifest. */
public final class DatedFolderWriter {

    private final Job job;
    private final String path;
    private final SftpSessionPool sessions;
    private final Ledger ledger;
    private final Set<String> made = ConcurrentHashMap.newKeySet();
    private final Set<String> noted = new HashSet<>();
    private final Map<String, Upload> onTheirWay = new ConcurrentHashMap<>();
    private Manifest manifest;
    /** Whether an earlier run left something unfinished here. */
    private volatile boolean inherited;

    /** Opens the folder at an absolute path, creating it and its parents if missing, and reads its manifest. */
    DatedFolderWriter(Job job, String path, SftpSessionPool sessions, Ledger ledger) throws IOException {
        this.job = job;
        this.path = path;
        this.sessions = sessions;
        this.ledger = ledger;
        inherited = ledger.openFolder(job, path);
        manifest = sessions.call(remote -> {
            RemoteFolders.make(remote, path);
            return readManifest(remote, path);
        });
        made.add(path);
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
    public void makeFolderOf(String name) throws Exception {
        Exception failure = makeFoldersOf(List.of(name)).get(name);
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Makes each folder once, level by level: none may be created behind a symbolic link that leads out of the root.
     * Requests of one level are sent without waiting for each other.
     *
     * @return why a copy has no folder, by the copy's name
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
        sessions.run(remote -> {
            for (Set<String> level : levels.values()) {
                make(remote, level, failed);
            }
        });
        return names.stream()
                .filter(name -> failed.containsKey(folderOf(name)))
                .collect(Collectors.toMap(name -> name, name -> failed.get(folderOf(name))));
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
            // Not as the cause, since users are shown the innermost message.
            IOException damaged = new DamagedManifestException(
                    "%s is damaged: %s; put it right or move it away, and then: offsite scrub"
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
        unlist(entries.keySet(), name -> !manifest.has(Map.of(name, entries.get(name))));
    }

    /** Removes entries (name to SHA-256). */
    public synchronized void unlist(Map<String, String> entries) throws IOException {
        unlist(entries.keySet(), name -> manifest.has(Map.of(name, entries.get(name))));
    }

    private void unlist(Set<String> names, Predicate<String> which) throws IOException {
        Set<String> gone = new HashSet<>(names);
        gone.removeIf(name -> manifest.hash(name).isEmpty() || !which.test(name));
        if (!gone.isEmpty()) {
            replace(manifest.without(gone));
        }
    }

    private void replace(Manifest next) throws IOException {
        String temporary = path + "/" + TemporaryName.of(Manifest.NAME);
        sessions.run(remote -> {
            try {
                remote.write(next.stream(), temporary);
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
        made.forEach(folder -> ledger.closeFolder(job, folder));
    }
}
