package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ActivityTest {

    private final AtomicLong now = new AtomicLong();
    private final Activity activity = new Activity(now::get, Duration.ofMinutes(30), Duration.ofMillis(1));

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void isStillOnlyWhenNothingMovedForLong() {
        pass(Duration.ofMinutes(29));
        assertThat(activity.isStill()).isFalse();
        activity.sign();
        pass(Duration.ofMinutes(29));
        assertThat(activity.isStill()).isFalse();
        pass(Duration.ofMinutes(2));
        assertThat(activity.isStill()).isTrue();
        activity.sign();
        assertThat(activity.isStill()).isFalse();
    }

    @Test
    void aCommandWithADeadlineOfItsOwnMayBeSilent() {
        activity.expect(Duration.ofHours(5));
        activity.sign();
        pass(Duration.ofHours(5));
        assertThat(activity.isStill()).isFalse();
        pass(Duration.ofMinutes(31));
        assertThat(activity.isStill()).isTrue();
    }

    @Test
    void aWaitEndsWhenNothingMovesAndLastsAsLongAsSomethingDoes() throws Exception {
        AtomicLong looks = new AtomicLong();
        activity.await(
                millis -> {
                    pass(Duration.ofMinutes(20));
                    activity.sign();
                    return looks.incrementAndGet() == 50;
                },
                "it moved");
        assertThatThrownBy(() -> activity.await(
                        millis -> {
                            pass(Duration.ofMinutes(20));
                            return false;
                        },
                        "files were shipped"))
                .isInstanceOf(IOException.class)
                .hasMessage("nothing moved for 30 minutes while files were shipped");
        assertThatThrownBy(() -> activity.await(
                        this,
                        () -> {
                            pass(Duration.ofMinutes(20));
                            return false;
                        },
                        "it was waited"))
                .hasMessageContaining("while it was waited");
    }

    @Test
    void aResultComesAsItIs() throws Exception {
        assertThat(activity.await(CompletableFuture.completedFuture("x"), "it ran"))
                .isEqualTo("x");
        CompletableFuture<String> failed = CompletableFuture.failedFuture(new StackOverflowError("injected"));
        assertThatThrownBy(() -> activity.await(failed, "it ran"))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StackOverflowError.class);
    }
}
