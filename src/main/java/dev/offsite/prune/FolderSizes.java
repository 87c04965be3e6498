package dev.offsite.prune;

import dev.offsite.job.Job;
import dev.offsite.manifest.Manifest;
import dev.offsite.manifest.TemporaryName;
import dev.offsite.sftp.RemoteExec;
import dev.offsite.sftp.RemotePath;
import dev.offsite.sftp.RemoteTreeWalker;
import dev.offsite.sftp.SftpSessionPool;
import dev.offsite.sftp.SftpStatusException;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures the copies in dated folders: by SFTP listings for a few folders, else by one command, else by a limited
 * number of listings.
 */
record FolderSizes(Job job, SftpSessionPool sessions, RemoteExec command) {

    /** For fewer listings a command is not worth its login. */
    private static final int FEW_LISTED = 40;

    /** The limit if no command is available. */
    private static final int MOST_LISTED = 200;

    /** Folder to its copies (name below it to bytes). Folders that cannot be listed are left out. */
    NavigableMap<String, Map<String, Long>> of(Collection<String> folders) throws IOException {
        NavigableMap<String, Map<String, Long>> few = listed(folders, FEW_LISTED);
        if (few.size() == folders.size()) {
            return few;
        }
        Optional<NavigableMap<String, Map<String, Long>>> found = found(folders);
        return found.isPresent() ? found.get() : listed(folders, MOST_LISTED);
    }

    private NavigableMap<String, Map<String, Long>> listed(Collection<String> folders, int most) throws IOException {
        if (folders.size() > most) {
            return new TreeMap<>();
        }
        NavigableMap<String, Map<String, Long>> listed = new TreeMap<>();
        Map<String, RemoteTreeWalker.Visitor> visitors = new HashMap<>();
        Set<String> cut = new HashSet<>();
        int[] left = {most - folders.size()};
        for (String folder : folders) {
            Map<String, Long> copies = new HashMap<>();
            listed.put(folder, copies);
            visitors.put(RemotePath.below(job.root(), folder), (name, entry) -> {
                if (entry.file() && counts(name)) {
                    copies.put(name, entry.size());
                }
                if (entry.directory() && left[0]-- <= 0) {
                    cut.add(folder);
                }
                return !cut.contains(folder);
            });
        }
        try {
            Map<String, SftpStatusException> refusals =
                    sessions.call(remote -> RemoteTreeWalker.walk(remote, visitors));
            for (SftpStatusException refusal : refusals.values()) {
                RootListing.unreadable(refusal);
            }
            listed.keySet()
                    .removeIf(folder ->
                            cut.contains(folder) || refusals.containsKey(RemotePath.below(job.root(), folder)));
            return listed;
        } catch (SftpStatusException e) {
            RootListing.unreadable(e);
            return new TreeMap<>();
        }
    }

    /** Needs GNU find: others have no -printf. */
    private Optional<NavigableMap<String, Map<String, Long>>> found(Collection<String> folders) {
        NavigableMap<String, Map<String, Long>> sizes = new TreeMap<>();
        folders.forEach(folder -> sizes.put(folder, new HashMap<>()));
        String root = job.target().sshPath().ofCommand(job.root());
        Pattern copy = Pattern.compile("([0-9]{1,18}) " + Pattern.quote(root) + "/([^/]*)/(.*)", Pattern.DOTALL);
        List<String> paths = folders.stream()
                .map(folder -> RemotePath.below(job.root(), folder))
                .toList();
        for (String group : command.paths(paths)) {
            Optional<String> out = command.output("find" + group + " -type f -printf '%s %p\\0'");
            if (out.isEmpty()) {
                return Optional.empty();
            }
            for (String line : out.get().split("\0", -1)) {
                Matcher parts = copy.matcher(line);
                if (parts.matches() && sizes.containsKey(parts.group(2)) && counts(parts.group(3))) {
                    sizes.get(parts.group(2)).put(parts.group(3), Long.valueOf(parts.group(1)));
                }
            }
        }
        return Optional.of(sizes);
    }

    private static boolean counts(String name) {
        return !Manifest.isOwn(name) && !TemporaryName.matches(RemotePath.name(name));
    }
}
