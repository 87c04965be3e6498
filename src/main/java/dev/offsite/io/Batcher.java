package dev.offsite.io;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.ToIntFunction;

/**
 * Group commit: while a worker is busy, new items wait, and the next batch takes all that wait. Items with different keys
 * never share a batch.
 *
 * @param <K> what a batch has in common, such as a server
 * @param <T> one item
 */
public final class Batcher<K, T> {

    /** How long a batch should still wait for more items. */
    @FunctionalInterface
    public interface Pause<T> {
        /**
         * The wait in nanoseconds; 0 or less starts the batch. Asked again after each new item and each {@link #wake}.
         *
         * @param first the item that has waited longest
         * @param waiting how many items wait
         */
        long nanos(T first, int waiting);
    }

    private final Executor threads;
    private final BiConsumer<K, List<T>> work;
    private final ToIntFunction<K> workers;
    private final int most;
    private final Pause<T> pause;
    private final Map<K, Group> groups = new ConcurrentHashMap<>();

    /** One worker for each key, which takes all that wait. */
    public Batcher(Executor threads, BiConsumer<K, List<T>> work) {
        this(threads, work, key -> 1, Integer.MAX_VALUE, (first, waiting) -> 0);
    }

    /**
     * @param work handles a batch; it must not throw, and answers for each item itself
     * @param workers how many batches of a key may be under way at a time; asked again as items come
     * @param most items of one batch
     */
    public Batcher(Executor threads, BiConsumer<K, List<T>> work, ToIntFunction<K> workers, int most, Pause<T> pause) {
        this.threads = threads;
        this.work = work;
        this.workers = workers;
        this.most = most;
        this.pause = pause;
    }

    /** Adds an item; its batch is handled in another thread. */
    public void add(K key, T item) {
        groups.computeIfAbsent(key, Group::new).add(item);
    }

    /** Has the pause of that key asked again. */
    public void wake(K key) {
        Group group = groups.get(key);
        if (group != null) {
            group.wake();
        }
    }

    private final class Group {
        private final K key;
        private final Queue<T> waiting = new ArrayDeque<>();
        private int working;

        Group(K key) {
            this.key = key;
        }

        synchronized void add(T item) {
            waiting.add(item);
            notifyAll();
            startWorker();
        }

        synchronized void wake() {
            notifyAll();
        }

        private void startWorker() {
            if (working < workers.applyAsInt(key)) {
                working++;
                try {
                    threads.execute(this::work);
                } catch (RuntimeException e) {
                    working--;
                    throw e;
                }
            }
        }

        private void work() {
            boolean ended = false;
            try {
                for (List<T> batch = next(); !batch.isEmpty(); batch = next()) {
                    work.accept(key, batch);
                }
                ended = true;
            } finally {
                if (!ended) {
                    replace();
                }
            }
        }

        /** After an error that nobody expected, others still get their turn. */
        private synchronized void replace() {
            working--;
            if (!waiting.isEmpty()) {
                startWorker();
            }
        }

        private synchronized List<T> next() {
            awaitPause();
            List<T> batch = new ArrayList<>();
            while (!waiting.isEmpty() && batch.size() < most) {
                batch.add(waiting.remove());
            }
            if (batch.isEmpty()) {
                working--;
            } else if (!waiting.isEmpty()) {
                startWorker();
            }
            return batch;
        }

        private void awaitPause() {
            try {
                while (!waiting.isEmpty()) {
                    long nanos = pause.nanos(waiting.element(), waiting.size());
                    if (nanos <= 0) {
                        return;
                    }
                    TimeUnit.NANOSECONDS.timedWait(this, nanos);
                }
            } catch (InterruptedException e) {
                // Shutting down: the batch goes now.
                Thread.currentThread().interrupt();
            }
        }
    }
}
