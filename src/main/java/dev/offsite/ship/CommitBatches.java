package dev.offsite.ship;

import dev.offsite.io.Batcher;
import dev.offsite.job.Target;
import dev.offsite.verify.Verifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Verifies and publishes a target's copies in batches, one after the other, so that both share a connection. A batch
 * first publishes what the last one verified, and then verifies all that was uploaded meanwhile.
 */
public final class CommitBatches {

    /** About as many as the rest after a batch takes: each writes a manifest, which takes some. */
    private static final int ROUND_TRIPS = 16;

    /** A copy that waits for a step. */
    public interface Copy {
        Upload upload();

        /** Lets it go on, or fail. Only the first call counts. */
        void end(Throwable failure);
    }

    /** Ends each copy. */
    @FunctionalInterface
    public interface Step {
        void on(List<Copy> copies);
    }

    /** @param since when it began to wait, as {@code System.nanoTime()} */
    private record Task(Copy copy, Step step, boolean verified, long since) {}

    private final Batcher<Target, Task> batches;
    /** How long a target rests after each batch, in nanoseconds. */
    private final Map<Target, Long> rests = new ConcurrentHashMap<>();
    /** Earliest {@code System.nanoTime()} of a target's next publishing. */
    private final Map<Target, Long> notBefore = new ConcurrentHashMap<>();

    public CommitBatches(Executor threads, Verifier verifier) {
        batches = new Batcher<Target, Task>(
                        threads, this::work, (task, failure) -> task.copy().end(failure))
                // Files uploaded meanwhile join the first batch.
                .beginning(verifier::awaitPrepared)
                .pausing(this::pause);
    }

    public void verify(Copy copy, Step step) {
        batches.add(copy.upload().job().target(), new Task(copy, step, false, System.nanoTime()));
    }

    public void publish(Copy copy, Step step) {
        batches.add(copy.upload().job().target(), new Task(copy, step, true, System.nanoTime()));
    }

    /** Lets the target rest that long after each batch, before something is published again, unless it ends the run. */
    public void rest(Target target, long nanos) {
        rests.put(target, nanos);
    }

    /** Looks again whether the run is at its end. */
    public void wake(Target target) {
        batches.wake(target);
    }

    private long pause(Target target, Collection<Task> waiting) {
        Task first = waiting.iterator().next();
        if (first.copy().upload().run().intake().isDownTo(waiting.size())) {
            return 0;
        }
        // Alone, the first of many that are uploaded just now would have the others wait for its own steps.
        long alone = first.since() + rest(target, first.copy().upload()) - System.nanoTime();
        return waiting.stream().noneMatch(Task::verified)
                ? alone
                : Math.max(alone, notBefore.getOrDefault(target, System.nanoTime()) - System.nanoTime());
    }

    /** Before the first batch: about what it will be. */
    private long rest(Target target, Upload upload) {
        Long known = rests.get(target);
        // Known by now: nobody may log in here, while all who have uploaded wait.
        return known != null
                ? known
                : upload.run().connection().sessions().linkSoFar().roundTrip().toNanos() * ROUND_TRIPS;
    }

    private void work(Target target, List<Task> batch) {
        run(batch.stream().filter(Task::verified).toList());
        run(batch.stream().filter(task -> !task.verified()).toList());
        notBefore.put(target, System.nanoTime() + rests.getOrDefault(target, 0L));
    }

    private static void run(List<Task> tasks) {
        tasks.stream()
                .collect(Collectors.groupingBy(Task::step, Collectors.mapping(Task::copy, Collectors.toList())))
                .forEach(Step::on);
    }
}
