package dev.offsite.cluster;

import dev.offsite.io.StateException;
import dev.offsite.io.StateStore;
import java.time.Duration;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/** Nodes that share the memory of this process. */
public final class MemoryCluster implements Cluster {

    /** What they share. */
    public static final class Memory {
        private final Map<String, NavigableMap<String, String>> maps = new ConcurrentHashMap<>();
        private final Map<String, AtomicInteger> changes = new ConcurrentHashMap<>();
        private final Map<String, String> claims = new ConcurrentHashMap<>();
        private final Map<String, String> locks = new ConcurrentHashMap<>();
        private final Set<String> alive = ConcurrentHashMap.newKeySet();
        private final Set<String> dead = ConcurrentHashMap.newKeySet();
        private final AtomicInteger nodes = new AtomicInteger();
        private final AtomicInteger reads = new AtomicInteger();
        private final AtomicInteger syncs = new AtomicInteger();
        private final StateStore state;

        /** Without {@link Cluster#state}. */
        public Memory() {
            this(null);
        }

        public Memory(StateStore state) {
            this.state = state;
        }

        public MemoryCluster join() {
            String node = HexFormat.of().toHexDigits(nodes.incrementAndGet());
            alive.add(node);
            return new MemoryCluster(this, node);
        }

        /** How often entries of maps were asked for. */
        public int reads() {
            return reads.get();
        }

        public int syncs() {
            return syncs.get();
        }
    }

    private final Memory memory;
    private final String node;

    private MemoryCluster(Memory memory, String node) {
        this.memory = memory;
        this.node = node;
    }

    /** Its claims and locks are free then. */
    public void die() {
        memory.alive.remove(node);
        memory.dead.add(node);
        memory.claims.values().removeIf(node::equals);
        memory.locks.values().removeIf(node::equals);
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public String node() {
        return node;
    }

    @Override
    public Set<String> alive() {
        return Set.copyOf(memory.alive);
    }

    @Override
    public Set<String> dead() {
        return Set.copyOf(memory.dead);
    }

    @Override
    public boolean leads() {
        return node.equals(new TreeSet<>(memory.alive).first());
    }

    @Override
    public StateStore state() {
        return memory.state;
    }

    @Override
    public TextMap map(String name) {
        return new MemoryMap(
                memory.maps.computeIfAbsent(name, n -> new ConcurrentSkipListMap<>()),
                memory.changes.computeIfAbsent(name, n -> new AtomicInteger()),
                memory.reads);
    }

    private record MemoryMap(NavigableMap<String, String> map, AtomicInteger changed, AtomicInteger reads)
            implements TextMap {
        @Override
        public long changes() {
            return changed.get();
        }

        @Override
        public Map<String, String> getAll(Collection<String> keys) {
            reads.incrementAndGet();
            return keys.stream().filter(map::containsKey).collect(Collectors.toMap(key -> key, map::get));
        }

        @Override
        public String get(String key) {
            reads.incrementAndGet();
            return map.get(key);
        }

        @Override
        public String put(String key, String value) {
            String before = map.put(key, value);
            if (before != null && !before.equals(value)) {
                changed.incrementAndGet();
            }
            return before;
        }

        @Override
        public int putAll(Map<String, String> entries) {
            return (int) entries.entrySet().stream()
                    .filter(entry -> put(entry.getKey(), entry.getValue()) != null)
                    .count();
        }

        @Override
        public String putIfAbsent(String key, String value) {
            return map.putIfAbsent(key, value);
        }

        @Override
        public String remove(String key) {
            changed.incrementAndGet();
            return map.remove(key);
        }

        @Override
        public void removeAll(Collection<String> keys) {
            keys.forEach(this::remove);
        }

        @Override
        public boolean hasPrefix(String prefix) {
            AtomicBoolean any = new AtomicBoolean();
            each(prefix, (key, value) -> {
                any.set(true);
                return false;
            });
            return any.get();
        }

        @Override
        public void each(String prefix, BiPredicate<String, String> visitor) {
            for (Map.Entry<String, String> entry : map.tailMap(prefix, true).entrySet()) {
                if (!entry.getKey().startsWith(prefix) || !visitor.test(entry.getKey(), entry.getValue())) {
                    return;
                }
            }
        }

        @Override
        public void clear() {
            changed.incrementAndGet();
            map.clear();
        }

        @Override
        public long size() {
            return map.size();
        }
    }

    @Override
    public void sync() {
        memory.syncs.incrementAndGet();
    }

    @Override
    public Claims claims() {
        return new Claims() {
            @Override
            public Set<String> takeAll(Collection<String> keys) {
                return keys.stream()
                        .filter(key -> {
                            String owner = memory.claims.putIfAbsent(key, node);
                            return owner == null || owner.equals(node);
                        })
                        .collect(Collectors.toSet());
            }

            @Override
            public void releaseAll(Collection<String> keys) {
                keys.forEach(key -> memory.claims.remove(key, node));
            }

            @Override
            public Set<String> ofOthers(String prefix) {
                return memory.claims.entrySet().stream()
                        .filter(claim -> claim.getKey().startsWith(prefix)
                                && !claim.getValue().equals(node))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
            }

            @Override
            public Set<String> lost(Collection<String> keys) {
                return keys.stream()
                        .filter(key -> !node.equals(memory.claims.get(key)))
                        .collect(Collectors.toSet());
            }
        };
    }

    @Override
    public Optional<Lock> lock(String name, Duration patience) {
        if (memory.locks.putIfAbsent(name, node) != null) {
            return Optional.empty();
        }
        return Optional.of(new Lock() {
            @Override
            public void check() {
                if (!node.equals(memory.locks.get(name))) {
                    throw StateException.of("the lock of %s is lost".formatted(name), null);
                }
            }

            @Override
            public void close() {
                memory.locks.remove(name, node);
            }
        });
    }

    @Override
    public void onDeath(Runnable action) {}

    @Override
    public String place() {
        return "memory";
    }
}
