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

    private record Task(Copy copy, Step step, boolean verified) {}

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
        batches.add(copy.upload().job().target(), new Task(copy, step, false));
    }

    public void publish(Copy copy, Step step) {
        batches.add(copy.upload().job().target(), new Task(copy, step, true));
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
        Long time = notBefore.get(target);
        boolean last = waiting.iterator().next().copy().upload().run().intake().isDownTo(waiting.size());
        return time == null || last || waiting.stream().noneMatch(Task::verified) ? 0 : time - System.nanoTime();
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
