package dev.offsite.ledger;

import dev.offsite.cluster.Claims;
import dev.offsite.cluster.Cluster;
import dev.offsite.cluster.TextMap;
import java.util.Set;

/** The maps that all nodes of a cluster have. Each change is seen by the others at once. */
record SharedMaps(Cluster cluster) implements LedgerMaps {

    @Override
    public TextMap map(String name) {
        return cluster.map(name);
    }

    /** The database may be new, in place of one that was lost. */
    @Override
    public boolean isBorn() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return false;
    }

    @Override
    public void flush(boolean durable) {
        if (durable) {
            cluster.sync();
        }
    }

    @Override
    public String node() {
        return cluster.node();
    }

    @Override
    public Set<String> alive() {
        return cluster.alive();
    }

    @Override
    public Claims claims() {
        return cluster.claims();
    }

    /** The cluster has an owner of its own. */
    @Override
    public void close() {}
}
