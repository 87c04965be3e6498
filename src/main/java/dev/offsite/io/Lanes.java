package dev.offsite.io;

import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Work on many items, a few at a time. */
public final class Lanes {

    private Lanes() {}

    /**
     * Does the work on all items and returns when all are done.
     *
     * @param lanes how many at a time, at least 1; this thread is one of them
     * @param work handles its own failures
     */
    public static <T> void run(Collection<T> items, int lanes, Executor executor, Consumer<T> work) {
        ConcurrentLinkedQueue<T> queue = new ConcurrentLinkedQueue<>(items);
        Runnable lane = () -> {
            for (T item = queue.poll(); item != null; item = queue.poll()) {
                work.accept(item);
            }
        };
        int more = Math.max(0, Math.min(lanes, items.size()) - 1);
        CompletableFuture<?>[] others = new CompletableFuture<?>[more];
        for (int i = 0; i < more; i++) {
            others[i] = CompletableFuture.runAsync(lane, executor);
        }
        lane.run();
        CompletableFuture.allOf(others).join();
    }
}
