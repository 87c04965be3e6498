package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BatcherTest {

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<List<Integer>> batches = new CopyOnWriteArrayList<>();
    private final Map<Integer, Throwable> failures = new ConcurrentHashMap<>();
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    /** The first batch waits for {@link #go}. */
    private Batcher<String, Integer> batcher() {
        return new Batcher<>(
                executor,
                (key, batch) -> {
                    batches.add(List.copyOf(batch));
                    go.await();
                },
                failures::put);
    }

    private int items() {
        return batches.stream().mapToInt(List::size).sum();
    }

    @Test
    void allThatWaitGoTogether() {
        Batcher<String, Integer> batcher = batcher();
        batcher.add("a", 0);
        await().until(() -> items() == 1);

        IntStream.range(1, 1000).forEach(i -> batcher.add("a", i));
        go.countDown();

        await().until(() -> items() == 1000);
        assertThat(batches).hasSize(2);
        assertThat(batches.get(1)).isSorted();
    }

    @Test
    void oneKeyDoesNotWaitForAnother() {
        Batcher<String, Integer> batcher = batcher();
        batcher.add("a", 1);
        batcher.add("b", 2);

        await().until(() -> items() == 2);
    }

    @Test
    void aBatchHasABound() {
        Batcher<String, Integer> batcher = batcher().atMost(10);
        batcher.add("a", 0);
        await().until(() -> items() == 1);
        IntStream.range(1, 26).forEach(i -> batcher.add("a", i));
        go.countDown();

        await().until(() -> items() == 26);
        assertThat(batches).extracting(List::size).containsExactly(1, 10, 10, 5);
    }

    @Test
    void aKeyMayHaveSeveralLanes() {
        Batcher<String, Integer> batcher = batcher().atMost(1).lanes(key -> 2);
        IntStream.range(0, 3).forEach(i -> batcher.add("a", i));

        await().until(() -> items() == 2);
        await().during(Duration.ofMillis(100)).until(() -> items() == 2);
        go.countDown();
        await().until(() -> items() == 3);
    }

    @Test
    void workThatThrowsFailsItsBatchAndNoOther() {
        Batcher<String, Integer> batcher = new Batcher<>(
                executor,
                (key, batch) -> {
                    if (batch.contains(1)) {
                        throw new AssertionError("odd");
                    }
                    batches.add(List.copyOf(batch));
                },
                failures::put);
        batcher.add("a", 1);
        await().until(() -> failures.containsKey(1));
        batcher.add("a", 2);

        await().until(() -> items() == 1);
        assertThat(failures).containsOnlyKeys(1);
    }

    @Test
    void whatComesWhileALaneBeginsGoesAlong() {
        CountDownLatch prepared = new CountDownLatch(1);
        go.countDown();
        Batcher<String, Integer> batcher = batcher().beginning(key -> awaits(prepared));
        IntStream.range(0, 5).forEach(i -> batcher.add("a", i));
        prepared.countDown();

        await().until(() -> items() == 5);
        assertThat(batches).hasSize(1);
    }

    @Test
    void aLaneThatCannotBeginFailsWhatWaits() {
        AtomicBoolean bad = new AtomicBoolean(true);
        go.countDown();
        Batcher<String, Integer> batcher = batcher().beginning(key -> {
            if (bad.get()) {
                throw new IllegalStateException("not prepared");
            }
        });
        batcher.add("a", 1);
        await().until(() -> failures.containsKey(1));

        bad.set(false);
        batcher.add("a", 2);
        await().until(() -> items() == 1);
    }

    @Test
    void aPauseGathersMoreUntilItIsWoken() {
        AtomicBoolean last = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        go.countDown();
        Batcher<String, Integer> batcher = batcher().pausing((key, waiting) -> {
            asked.incrementAndGet();
            return last.get() ? 0 : Duration.ofHours(1).toNanos();
        });
        batcher.add("a", 1);
        batcher.add("a", 2);
        await().until(() -> asked.get() > 0);
        assertThat(batches).isEmpty();

        last.set(true);
        batcher.wake("a");
        await().until(() -> items() == 2);
        assertThat(batches).hasSize(1);
    }

    @Test
    void aPauseEndsByItself() {
        long until = System.nanoTime() + Duration.ofMillis(50).toNanos();
        go.countDown();
        batcher().pausing((key, waiting) -> until - System.nanoTime()).add("a", 1);

        await().until(() -> items() == 1);
    }

    @Test
    void nobodyWaitsForAnExecutorThatIsShutDown() {
        executor.shutdown();
        batcher().add("a", 1);

        assertThat(failures.get(1)).isInstanceOf(RejectedExecutionException.class);
    }

    private static void awaits(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
