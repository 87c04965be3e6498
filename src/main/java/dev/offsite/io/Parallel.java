package dev.offsite.io;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.camel.util.concurrent.CamelThreadFactory;
import org.apache.camel.util.function.ThrowingConsumer;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.camel.util.function.ThrowingRunnable;

/** Does the same work for many items, a few at a time. The first failure ends it all. */
public final class Parallel {

    private static final String WHAT = "several things were done at a time";

    private Parallel() {}

    /** {@code activity} shows that work goes on. */
    public static <A> void forEach(
            Activity activity, int most, Collection<A> all, ThrowingConsumer<A, IOException> work) throws IOException {
        Queue<A> queue = new ConcurrentLinkedQueue<>(all);
        run(activity, Math.min(most, all.size()), () -> {
            for (A one = queue.poll(); one != null && !Thread.currentThread().isInterrupted(); one = queue.poll()) {
                work.accept(one);
            }
        });
    }

    /** Runs at most {@code most} at a time; returns the results in the order of the items. */
    public static <A, B> List<B> map(
            Activity activity, int most, List<A> all, ThrowingFunction<A, B, IOException> function) throws IOException {
        List<B> results = new ArrayList<>(Collections.nCopies(all.size(), null));
        List<Integer> places = IntStream.range(0, all.size()).boxed().toList();
        forEach(activity, most, places, place -> {
            B result = function.apply(all.get(place));
            synchronized (results) {
                results.set(place, result);
            }
        });
        return results;
    }

    /** Returns when all lanes have ended. When one fails, the others are interrupted and not waited for. */
    public static void run(Activity activity, int lanes, ThrowingRunnable<IOException> lane) throws IOException {
        if (lanes == 1) {
            lane.run();
        }
        if (lanes <= 1) {
            return;
        }
        ExecutorService threads =
                Executors.newFixedThreadPool(lanes, new CamelThreadFactory("#name#", "offsite-parallel", true));
        try {
            BlockingQueue<Future<Void>> ended = new LinkedBlockingQueue<>();
            CompletionService<Void> started = new ExecutorCompletionService<>(threads, ended);
            for (int i = 0; i < lanes; i++) {
                var unused = started.submit(() -> {
                    lane.run();
                    return null;
                });
            }
            for (int i = 0; i < lanes; i++) {
                AtomicReference<Future<Void>> one = new AtomicReference<>();
                activity.await(
                        millis -> {
                            one.set(ended.poll(millis, TimeUnit.MILLISECONDS));
                            return one.get() != null;
                        },
                        WHAT);
                activity.await(one.get(), WHAT);
            }
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static IOException rethrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException known) {
            throw known;
        }
        return (IOException) cause;
    }
}
