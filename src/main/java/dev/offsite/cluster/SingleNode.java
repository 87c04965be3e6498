package dev.offsite.cluster;

import dev.offsite.io.StateStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** A cluster of one. */
public record SingleNode(StateStore state) implements Cluster, Claims {

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public String node() {
        return "";
    }

    @Override
    public Set<String> alive() {
        return Set.of("");
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
    public TextMap map(String name) {
        throw new UnsupportedOperationException("the ledger of a single machine is a file");
    }

    @Override
    public void sync() {}

    @Override
    public Claims claims() {
        return this;
    }

    @Override
    public boolean take(String key) {
        return true;
    }

    @Override
    public void release(String key) {}

    @Override
    public Set<String> ofOthers(String prefix) {
        return Set.of();
    }

    @Override
    public Set<String> lost(Collection<String> keys) {
        return Set.of();
    }

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
