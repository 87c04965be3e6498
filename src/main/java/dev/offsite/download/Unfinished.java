package dev.offsite.download;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Files that are not here yet, and those of them that nobody has begun. Of a list of files, each is made when it is its
 * turn, since a list may have a hundred thousand. Only {@link DownloadQueue} changes it, under its lock.
 */
final class Unfinished {

    /** Those that were made, from their beginning to their end. */
    private final Set<Arriving> made = new LinkedHashSet<>();

    private final Deque<Arriving> waiting = new ArrayDeque<>();
    private Iterator<? extends Incoming> list = Collections.emptyIterator();
    /** How many of the list are left. */
    private int listed;

    void add(Arriving file) {
        waiting.add(file);
        made.add(file);
    }

    /** It must be begun again, before all others. */
    void addAgain(Arriving file) {
        waiting.addFirst(file);
    }

    /** {@code files}: their turn is after those that are added one by one; {@code count}: how many. Call it once. */
    void addAll(Iterator<? extends Incoming> files, int count) {
        list = files;
        listed = count;
    }

    void remove(Arriving file) {
        made.remove(file);
    }

    int count() {
        return made.size() + listed;
    }

    /** Whether nobody has begun some. */
    boolean hasNext() {
        return !waiting.isEmpty() || listed > 0;
    }

    /** The next one to be begun; null if there is none. */
    Arriving next() {
        return waiting.isEmpty() && listed > 0 ? make() : waiting.poll();
    }

    private Arriving make() {
        listed--;
        Arriving next = new Arriving(list.next());
        made.add(next);
        return next;
    }

    /** All of them, when each is to fail. */
    Collection<Arriving> all() {
        while (listed > 0) {
            make();
        }
        waiting.clear();
        return List.copyOf(made);
    }
}
