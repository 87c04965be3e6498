package dev.offsite.io;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works on items in batches: while one batch is in work, new items queue, and the next batch takes them all. A lone
 * item is worked on at once.
 *
 * @param <K> what the items of a batch have in common
 * @param <T> an item
 */
public final class Batcher<K, T> {

    @FunctionalInterface
    public interface Work<K, T> {
        /** Handles each item, including its failure, or throws before it has handled any. */
        void on(K key, List<T> batch) throws Exception;
    }

    /** How long to wait for more items before taking the next batch. */
    @FunctionalInterface
    public interface Pause<K, T> {
        /**
         * Called again for each new item, at {@link Batcher#wake}, and when the time is up.
         *
         * @return nanoseconds; zero or less takes the batch now
         */
        long nanos(K key, Collection<T> waiting);
    }

    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final Executor executor;
    private final Work<K, T> work;
    private final BiConsumer<T, Throwable> failed;
    private final Map<K, Waiting> queues = new ConcurrentHashMap<>();
    private int most = Integer.MAX_VALUE;
    private ToIntFunction<K> lanes = key -> 1;
    private Consumer<K> begin = key -> {};
    private Pause<K, T> pause = (key, waiting) -> 0;

    /**
     * @param executor for the lanes; a lane ends when no items are left
     * @param failed called for each item of a batch whose work threw
     */
    public Batcher(Executor executor, Work<K, T> work, BiConsumer<T, Throwable> failed) {
        this.executor = executor;
        this.work = work;
        this.failed = failed;
    }

    /** Limits the size of a batch. */
    public Batcher<K, T> atMost(int items) {
        most = items;
        return this;
    }

    /** How many batches of one key to work on at a time: asked each time, 1 by default. */
    public Batcher<K, T> lanes(ToIntFunction<K> number) {
        lanes = number;
        return this;
    }

    /** Called by each lane before its first batch; items added meanwhile join that batch. */
    public Batcher<K, T> beginning(Consumer<K> action) {
        begin = action;
        return this;
    }

    public Batcher<K, T> pausing(Pause<K, T> hook) {
        pause = hook;
        return this;
    }

    /** Queues an item for the next batch of its key. */
    public void add(K key, T item) {
        queues.computeIfAbsent(key, Waiting::new).add(item);
    }

    /** Asks the {@link Pause} again. */
    public void wake(K key) {
        Waiting queue = queues.get(key);
        if (queue != null) {
            queue.wake();
        }
    }

    private final class Waiting {
        private final K key;
        private final Queue<T> items = new ArrayDeque<>();
        private int working;

        Waiting(K key) {
            this.key = key;
        }

        void add(T item) {
            synchronized (this) {
                items.add(item);
                notifyAll();
            }
            startLane();
        }

        synchronized void wake() {
            notifyAll();
        }

        private void startLane() {
            synchronized (this) {
                if (items.isEmpty() || working >= Math.max(1, lanes.applyAsInt(key))) {
                    return;
                }
                working++;
            }
            try {
                executor.execute(this::lane);
            } catch (RuntimeException e) {
                // Executor shut down. If another lane runs, it takes the items; otherwise they fail.
                List<T> left = new ArrayList<>();
                synchronized (this) {
                    working--;
                    if (working == 0) {
                        left.addAll(items);
                        items.clear();
                    }
                }
                fail(left, e);
            }
        }

        private void lane() {
            Throwable broken = null;
            try {
                begin.accept(key);
            } catch (RuntimeException | Error e) {
                broken = e;
            }
            for (List<T> batch = next(); !batch.isEmpty(); batch = next()) {
                if (broken == null) {
                    work(batch);
                } else {
                    fail(batch, broken);
                    broken = null;
                }
            }
        }

        private void work(List<T> batch) {
            try {
                startLane();
                work.on(key, Collections.unmodifiableList(batch));
            } catch (Exception | Error e) {
                fail(batch, e);
            }
        }

        private void fail(List<T> batch, Throwable cause) {
            for (T item : batch) {
                try {
                    failed.accept(item, cause);
                } catch (RuntimeException e) {
                    LOG.error("a failure could not be reported", e);
                }
            }
        }

        /** The next batch; empty ends the lane. */
        private synchronized List<T> next() {
            try {
                for (long left = left(); left > 0; left = left()) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                }
            } catch (InterruptedException e) {
                // The queued items are still worked on.
                Thread.currentThread().interrupt();
            }
            List<T> batch = new ArrayList<>();
            while (!items.isEmpty() && batch.size() < most) {
                batch.add(items.remove());
            }
            if (batch.isEmpty()) {
                working--;
            }
            return batch;
        }

        private long left() {
            try {
                return items.isEmpty() ? 0 : pause.nanos(key, Collections.unmodifiableCollection(items));
            } catch (RuntimeException e) {
                LOG.error("a pause failed", e);
                return 0;
            }
        }
    }
}
