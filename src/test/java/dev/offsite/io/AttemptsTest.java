package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AttemptsTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final AtomicInteger attempts = new AtomicInteger();

    private Optional<Integer> theThird() {
        return Optional.of(attempts.incrementAndGet()).filter(n -> n == 3);
    }

    @Test
    void triesUntilThereIsAResult() {
        assertThat(Attempts.within(LONG, () -> true, this::theThird)).contains(3);
    }

    @Test
    void triesOnceWhereNothingIsToBeHopedFor() {
        assertThat(Attempts.within(LONG, () -> false, this::theThird)).isEmpty();
        assertThat(attempts).hasValue(1);
    }

    @Test
    void triesOnceWithoutTime() {
        assertThat(Attempts.within(Duration.ZERO, () -> true, this::theThird)).isEmpty();
        assertThat(attempts).hasValue(1);
    }

    @Test
    void endsIfItIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThat(Attempts.within(LONG, () -> true, Optional::empty)).isEmpty();
        assertThat(Thread.interrupted()).as("for those who look after it").isTrue();
    }
}
