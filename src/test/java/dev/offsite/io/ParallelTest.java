package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ParallelTest {

    private static final List<Integer> MANY = IntStream.range(0, 1000).boxed().toList();

    @Test
    void resultsAreInOrder() throws Exception {
        assertThat(Parallel.map(new Activity(), 8, MANY, i -> i * 2))
                .isEqualTo(MANY.stream().map(i -> i * 2).toList());
        assertThat(Parallel.map(new Activity(), 8, List.of(), i -> i)).isEmpty();
    }

    @Test
    void soManyAtATime() throws Exception {
        CyclicBarrier three = new CyclicBarrier(3);
        Parallel.forEach(new Activity(), 3, List.of(1, 2, 3), i -> {
            try {
                three.await();
            } catch (Exception e) {
                throw new IOException(e);
            }
        });
    }

    @Test
    void oneAtATimeIsDoneInThisThread() throws Exception {
        Thread here = Thread.currentThread();
        Parallel.forEach(
                new Activity(), 1, MANY, i -> assertThat(Thread.currentThread()).isSameAs(here));
    }

    @Test
    void theFirstFailureEndsAllAtOnce() {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();

        assertThatThrownBy(() -> Parallel.forEach(new Activity(), 2, MANY, i -> {
                    begun.incrementAndGet();
                    if (i == 1) {
                        throw new IOException("full");
                    }
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException();
                    }
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("full");
        assertThat(begun.get()).isLessThan(4);
    }

    @Test
    void whatNobodyThoughtOfIsThrownAsItIs() {
        assertThatThrownBy(() -> Parallel.forEach(new Activity(), 2, MANY, i -> {
                    throw new IllegalStateException("odd");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Parallel.forEach(new Activity(), 2, MANY, i -> {
                    throw new AssertionError("odd");
                }))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void anInterruptEndsTheWait() {
        CountDownLatch never = new CountDownLatch(1);
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Parallel.forEach(new Activity(), 2, MANY, i -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        throw new InterruptedIOException();
                    }
                }))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
