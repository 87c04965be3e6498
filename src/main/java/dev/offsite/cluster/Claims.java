package dev.offsite.cluster;

import dev.offsite.io.StateException;
import java.util.Collection;
import java.util.Set;

/**
 * Which node works on which file. A claim ends when it is released, or when its node is dead. All methods fail with
 * {@link StateException}.
 */
public interface Claims {

    /** Of a single machine: there is nobody else. */
    Claims FREE = new Claims() {
        @Override
        public Set<String> takeAll(Collection<String> keys) {
            return Set.copyOf(keys);
        }

        @Override
        public void releaseAll(Collection<String> keys) {}

        @Override
        public Set<String> ofOthers(String prefix) {
            return Set.of();
        }

        @Override
        public Set<String> lost(Collection<String> keys) {
            return Set.of();
        }
    };

    /** Claims a file for this node; false if another node has it. */
    default boolean take(String key) {
        return !takeAll(Set.of(key)).isEmpty();
    }

    default void release(String key) {
        releaseAll(Set.of(key));
    }

    /** Claims files for this node; returns those that no other node has. */
    Set<String> takeAll(Collection<String> keys);

    void releaseAll(Collection<String> keys);

    /** The keys that begin with that and that other nodes have claimed. */
    Set<String> ofOthers(String prefix);

    /** Those of these keys that this node has not claimed any more: another one may work on them. */
    Set<String> lost(Collection<String> keys);
}
