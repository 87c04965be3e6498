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
import java.util.function.ToLongBiFunction;
import org.apache.camel.util.function.ThrowingBiConsumer;
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

    private static final Logger LOG = LoggerFactory.getLogger(Batcher.class);

    private final Executor executor;
    private final ThrowingBiConsumer<K, List<T>, Exception> work;
    private final BiConsumer<T, Throwable> failed;
    private final Map<K, Waiting> queues = new ConcurrentHashMap<>();
    private int most = Integer.MAX_VALUE;
    private ToIntFunction<K> lanes = key -> 1;
    private Consumer<K> begin = key -> {};
    private ToLongBiFunction<K, Collection<T>> pause = (key, waiting) -> 0;

    /**
     * @param executor for the lanes; a lane ends when no items are left
     * @param work handles each item of a batch, including its failure, or throws before it has handled any
     * @param failed called for each item of a batch whose work threw
     */
    public Batcher(Executor executor, ThrowingBiConsumer<K, List<T>, Exception> work, BiConsumer<T, Throwable> failed) {
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

    /**
     * How long to wait for more items before taking the next batch: nanoseconds, where zero or less takes the batch now.
     * Asked again for each new item, at {@link #wake}, and when the time is up.
     */
    public Batcher<K, T> pausing(ToLongBiFunction<K, Collection<T>> nanos) {
        pause = nanos;
        return this;
    }

    /** Queues an item for the next batch of its key. */
    public void add(K key, T item) {
        queues.computeIfAbsent(key, Waiting::new).add(item);
    }

    /** Asks the {@link #pausing pause} again. */
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
            } catch (RuntimeException | Error e) {
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
                work.accept(key, Collections.unmodifiableList(batch));
            } catch (Exception | Error e) {
                fail(batch, e);
            }
        }

        private void fail(List<T> batch, Throwable cause) {
            for (T item : batch) {
                try {
                    failed.accept(item, cause);
                } catch (RuntimeException | Error e) {
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
                return items.isEmpty() ? 0 : pause.applyAsLong(key, Collections.unmodifiableCollection(items));
            } catch (RuntimeException | Error e) {
                LOG.error("a pause failed", e);
                return 0;
            }
        }
    }
}
