package dev.offsite.ledger;

import dev.offsite.cluster.TextMap;
import dev.offsite.job.Job;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The remote folders that runs have started to write into, by destination. */
final class OpenFolders {

    private final LedgerMaps maps;
    private final TextMap folders;

    OpenFolders(LedgerMaps maps) {
        this.maps = maps;
        this.folders = maps.map("openFolders");
    }

    /** Notes folders of this node; returns whether any of them was noted already. */
    boolean note(Job job, Collection<String> paths) {
        String node = maps.node();
        Map<String, String> entries = paths.stream()
                .map(path -> new OpenFolder(node, path))
                .collect(Collectors.toMap(folder -> key(job, folder), OpenFolder::value, (one, same) -> one));
        int before = folders.putAll(entries);
        if (before < entries.size()) {
            maps.flush(false);
        }
        return before > 0;
    }

    private static String key(Job job, OpenFolder folder) {
        return Ledger.prefix(job) + folder.value();
    }

    /** Those of this node, and of nodes that are not alive. */
    List<OpenFolder> unfinished(Job job) {
        String node = maps.node();
        List<OpenFolder> all = all(job, node);
        if (all.stream().anyMatch(folder -> !folder.node().equals(node))) {
            // Asked afterwards: a node that has just begun to write must be among them.
            Set<String> alive = maps.alive();
            all.removeIf(folder -> !folder.node().equals(node) && alive.contains(folder.node()));
        }
        return all;
    }

    /** Those of other nodes that are alive. */
    List<OpenFolder> elsewhere(Job job) {
        String node = maps.node();
        if (node.isEmpty()) {
            return List.of();
        }
        List<OpenFolder> others = all(job, node);
        others.removeIf(folder -> folder.node().equals(node));
        if (!others.isEmpty()) {
            Set<String> alive = maps.alive();
            others.removeIf(folder -> !alive.contains(folder.node()));
        }
        return others;
    }

    private List<OpenFolder> all(Job job, String node) {
        List<OpenFolder> all = new ArrayList<>();
        folders.each(Ledger.prefix(job), (key, value) -> {
            OpenFolder folder = OpenFolder.of(value, !node.isEmpty());
            // Those of a root "/srv/db x" have the prefix of "/srv/db".
            if (key.equals(key(job, folder))) {
                all.add(folder);
            }
            return true;
        });
        return all;
    }

    void remove(Job job, Collection<OpenFolder> finished) {
        folders.removeAll(finished.stream().map(folder -> key(job, folder)).toList());
    }
}
