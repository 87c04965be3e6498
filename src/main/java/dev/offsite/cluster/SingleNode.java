package dev.offsite.cluster;

import dev.offsite.io.StateFolder;
import dev.offsite.io.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * A single machine: a cluster of one, which shares nothing. All is free at once, also for several threads: what keeps
 * these from each other, and other processes from the state, does so without a cluster. Its ledger is a file of its own.
 */
public final class SingleNode implements Cluster {

    private static final String NODE = "";

    private final StateStore state;

    /** With the state in that folder. Fails with {@link ClusterException} if it has moved elsewhere. */
    public static SingleNode in(StateFolder folder) {
        MigrationMark.requireNone(folder);
        return new SingleNode(folder);
    }

    public SingleNode(StateStore state) {
        this.state = state;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public String node() {
        return NODE;
    }

    @Override
    public Set<String> alive() {
        return Set.of(NODE);
    }

    @Override
    public Set<String> dead() {
        return Set.of();
    }

    @Override
    public boolean leads() {
        return true;
    }

    @Override
    public StateStore state() {
        return state;
    }

    @Override
    public TextMap map(String name) {
        throw new UnsupportedOperationException("The ledger of a single machine is not in a cluster: " + name);
    }

    @Override
    public void sync() {}

    @Override
    public Claims claims() {
        return Claims.FREE;
    }

    /** Always got, at once, and by any number of threads. */
    @Override
    public Optional<Lock> lock(String name, Duration patience) {
        return Optional.of(new Lock() {
            @Override
            public void check() {}

            @Override
            public void close() {}
        });
    }

    @Override
    public void onDeath(Runnable action) {}

    @Override
    public String place() {
        return Path.of(state.place("")).toAbsolutePath().normalize().toString();
    }
}
