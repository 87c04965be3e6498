package dev.offsite.cluster;

import dev.offsite.io.StateException;
import java.util.Collection;
import java.util.Map;
import java.util.function.BiPredicate;

/** A sorted map of texts that survives the process. All methods fail with {@link StateException}. */
public interface TextMap {

    /** Null if there is none. */
    String get(String key);

    /** The entries of those of these keys that it has. */
    Map<String, String> getAll(Collection<String> keys);

    /**
     * A number that grows whenever an entry was removed, or got another value; not when one was added. A map that is not
     * shared may always say the same.
     */
    default long changes() {
        return 0;
    }

    default boolean containsKey(String key) {
        return get(key) != null;
    }

    /** Returns the value before, or null. */
    String put(String key, String value);

    /** Puts several entries in one step; returns how many of the keys had a value before. */
    int putAll(Map<String, String> entries);

    /** Returns the value that is there already, or null. */
    String putIfAbsent(String key, String value);

    /** Returns the value before, or null. */
    String remove(String key);

    void removeAll(Collection<String> keys);

    /** Whether any key begins with that. */
    boolean hasPrefix(String prefix);

    /** Hands over the entries whose keys begin with that, in the order of the keys, until the visitor returns false. */
    void each(String prefix, BiPredicate<String, String> visitor);

    void clear();

    /** How many entries it has, without reading them all at once. */
    long size();
}
