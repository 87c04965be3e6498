package dev.offsite.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Something that is made in a thread of its own, before it is needed. */
record Ahead<T>(String what, CompletableFuture<T> made) {

    /** On a machine that does a backup at the same time. */
    private static final int MOST_SECONDS = 120;

    /** @param what for a message, and for the name of the thread */
    static <T> Ahead<T> make(String what, Supplier<T> how) {
        return new Ahead<>(
                what, CompletableFuture.supplyAsync(how, task -> new Thread(task, "offsite-ahead " + what).start()));
    }

    static <T> Ahead<T> of(T made) {
        return new Ahead<>("", CompletableFuture.completedFuture(made));
    }

    /** Waits for it. What its making threw, this throws. */
    T get() {
        try {
            return made.get(MOST_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException known ? known : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new CommandException("%s: not ready within %d s; is this machine overloaded, or its disk hanging?"
                    .formatted(what, MOST_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
