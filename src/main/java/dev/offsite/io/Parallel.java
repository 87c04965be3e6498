package dev.offsite.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same work for many things, a few at a time. */
public final class Parallel {

    /** Work for one. */
    @FunctionalInterface
    public interface Work<A, B> {
        B with(A one) throws IOException;
    }

    private Parallel() {}

    /**
     * Does it for each.
     *
     * @param most how many at a time
     * @return the results in the order of the things
     * @throws IOException as the work does; the first failure ends all
     */
    public static <A, B> List<B> map(int most, List<A> all, Work<A, B> work) throws IOException {
        if (all.isEmpty()) {
            return List.of();
        }
        ExecutorService executor = Executors.newFixedThreadPool(Math.max(1, Math.min(most, all.size())), run -> {
            Thread thread = new Thread(run, "offsite-restore");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<B>> begun = new ArrayList<>();
            all.forEach(one -> begun.add(executor.submit(() -> work.with(one))));
            List<B> results = new ArrayList<>();
            for (Future<B> future : begun) {
                results.add(future.get());
            }
            return results;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw rethrown(e.getCause());
        } finally {
            executor.shutdownNow();
        }
    }

    private static RuntimeException rethrown(Throwable cause) throws IOException {
        if (cause instanceof IOException io) {
            throw io;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }
}
