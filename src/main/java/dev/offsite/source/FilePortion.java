package dev.offsite.source;

import dev.offsite.cluster.Cluster;
import java.io.File;
import java.util.List;
import java.util.TreeSet;

/**
 * The files that a node of a cluster looks at first, so that nodes which look at the same time do not all try to take the same
 * ones. Every file is in the portion of one of the nodes that are alive, about as many in each.
 *
 * @param node which of them, from 0
 */
public record FilePortion(int node, int nodes) {

    /** Of a single machine, and of a node that has shipped its own. */
    public static final FilePortion ALL = new FilePortion(0, 1);

    /** That of this node now. */
    public static FilePortion of(Cluster cluster) {
        if (!cluster.isShared()) {
            return ALL;
        }
        List<String> alive = List.copyOf(new TreeSet<>(cluster.alive()));
        int node = alive.indexOf(cluster.node());
        return node < 0 ? ALL : new FilePortion(node, alive.size());
    }

    /** The path is the same on all nodes. */
    public boolean has(File file) {
        int hash = file.getPath().hashCode();
        // Names that count up, as those of dumps do, differ in few bits.
        return Math.floorMod(((hash ^ (hash >>> 16)) * 0x9E3779B1) >>> 8, nodes) == node;
    }
}
