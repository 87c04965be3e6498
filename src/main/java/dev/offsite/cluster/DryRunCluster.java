package dev.offsite.cluster;

import dev.offsite.io.StateStore;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * What a cluster knows, to be read only: whatever is written is dropped without a word. It joins nothing, so the nodes do
 * not see who looks.
 */
public record DryRunCluster(Cluster cluster) implements Cluster {

    @Override
    public boolean isShared() {
        return cluster.isShared();
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
    public Set<String> dead() {
        return cluster.dead();
    }

    @Override
    public boolean leads() {
        return false;
    }

    @Override
    public StateStore state() {
        return new State(cluster.state());
    }

    @Override
    public TextMap map(String name) {
        return new Entries(cluster.map(name));
    }

    @Override
    public void sync() {}

    @Override
    public Claims claims() {
        return Claims.FREE;
    }

    @Override
    public Optional<Lock> lock(String name, Duration patience) {
        return new SingleNode(null).lock(name, patience);
    }

    @Override
    public void onDeath(Runnable action) {}

    @Override
    public String place() {
        return cluster.place();
    }

    @Override
    public void close() {
        cluster.close();
    }

    private record Entries(TextMap map) implements TextMap {
        @Override
        public String get(String key) {
            return map.get(key);
        }

        @Override
        public Map<String, String> getAll(Collection<String> keys) {
            return map.getAll(keys);
        }

        @Override
        public long changes() {
            return map.changes();
        }

        @Override
        public String put(String key, String value) {
            return map.get(key);
        }

        @Override
        public int putAll(Map<String, String> entries) {
            return map.getAll(entries.keySet()).size();
        }

        @Override
        public String putIfAbsent(String key, String value) {
            return map.get(key);
        }

        @Override
        public String remove(String key) {
            return map.get(key);
        }

        @Override
        public void removeAll(Collection<String> keys) {}

        @Override
        public long size() {
            return map.size();
        }

        @Override
        public boolean hasPrefix(String prefix) {
            return map.hasPrefix(prefix);
        }

        @Override
        public void each(String prefix, BiPredicate<String, String> visitor) {
            map.each(prefix, visitor);
        }

        @Override
        public void clear() {}
    }

    private record State(StateStore state) implements StateStore {
        @Override
        public boolean exists() {
            return state.exists();
        }

        @Override
        public Optional<String> text(String name) {
            return state.text(name);
        }

        @Override
        public long lines(String name, long from, Consumer<String> each) {
            return state.lines(name, from, each);
        }

        @Override
        public InputStream open(String name, long from) {
            return state.open(name, from);
        }

        @Override
        public long end(String name) {
            return state.end(name);
        }

        @Override
        public Optional<Version> version(String name) {
            return state.version(name);
        }

        @Override
        public long size(String name) {
            return state.size(name);
        }

        @Override
        public String tail(String name, int bytes) {
            return state.tail(name, bytes);
        }

        @Override
        public void replace(String name, String text, boolean durable) {}

        @Override
        public void append(String name, String text) {}

        @Override
        public String update(String name, UnaryOperator<String> change, boolean durable) {
            return change.apply(state.text(name).orElse(""));
        }

        @Override
        public void delete(String name) {}

        @Override
        public List<String> names(String folder) {
            return state.names(folder);
        }

        @Override
        public String place(String name) {
            return state.place(name);
        }
    }
}
