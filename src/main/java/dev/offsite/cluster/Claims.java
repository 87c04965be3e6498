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
    };

    /** Claims a file for this node; false if another node has it. */
    boolean take(String key);

    void release(String key);

    /** The keys that begin with that and that other nodes have claimed. */
    Set<String> ofOthers(String prefix);

    /** Those of these keys that this node has not claimed any more: another one may work on them. */
    Set<String> lost(Collection<String> keys);
}
