package dev.offsite.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.offsite.cluster.SharedRate;
import io.github.bucket4j.TimeMeter;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** In time that passes only where somebody waits for it. */
class NodeShareTest {

    private static final int MIB = 1 << 20;
    private static final Percentage CLOSE = Percentage.withPercentage(5);

    private long now = 1;
    private int asked;
    private long taken;

    private final TimeMeter meter = new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return now;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    };

    /** As the database keeps it: whoever takes waits until it is there. {@code others} take as much each time. */
    private SharedRate shared(int others) {
        return new SharedRate() {
            private long next = now;

            @Override
            public Duration take(Duration time) {
                asked++;
                taken += time.toNanos();
                next = Math.max(next, now) + time.toNanos() * (1 + others);
                return Duration.ofNanos(next - now);
            }
        };
    }

    private NodeShare share(SharedRate shared) {
        return new NodeShare(shared, meter, nanos -> now += nanos);
    }

    private double seconds() {
        return now / 1e9;
    }

    @Test
    void aNodeAloneHasTheWholeRateAndAsksAFewTimesASecond() throws Exception {
        NodeShare share = share(shared(0));
        for (int i = 0; i < 10 * 160; i++) {
            share.pass(MIB / 16, 10 * MIB);
        }
        assertThat(seconds()).isCloseTo(10, CLOSE);
        assertThat(asked).isLessThan(10 * 5);
    }

    @Test
    void whatOthersTakeIsWaitedFor() throws Exception {
        NodeShare share = share(shared(2));
        for (int i = 0; i < 320; i++) {
            share.pass(MIB / 16, 10 * MIB);
        }
        // And what is taken in advance.
        assertThat(seconds()).isBetween(6.0, 6.8);
    }

    @Test
    void theRateMayChangeWhileTimeIsTaken() throws Exception {
        NodeShare share = share(shared(0));
        for (int i = 0; i < 40; i++) {
            share.pass(MIB / 16, 10 * MIB);
        }
        double fast = seconds();
        for (int i = 0; i < 40; i++) {
            share.pass(MIB / 16, MIB);
        }
        assertThat(fast).isCloseTo(0.25, within(0.3));
        assertThat(seconds() - fast).isCloseTo(2.5, within(0.3));
    }

    /** Else nodes that had a pause would all go at once. */
    @Test
    void whatWasTakenLongAgoIsNotUsed() throws Exception {
        NodeShare share = share(shared(0));
        for (int i = 0; i < 160; i++) {
            share.pass(MIB / 16, 10 * MIB);
        }
        now += Duration.ofMinutes(1).toNanos();
        int before = asked;
        long begin = now;
        share.pass(1, 10 * MIB);
        assertThat(asked).isGreaterThan(before);
        assertThat(now).isGreaterThan(begin);
    }

    /** Others lack what a node takes and does not use. */
    @Test
    void littleIsTakenForLittle() throws Exception {
        NodeShare share = share(shared(0));
        for (int i = 0; i < 10; i++) {
            share.pass(1024, 10 * MIB);
            now += Duration.ofSeconds(5).toNanos();
        }
        assertThat(taken).isLessThanOrEqualTo(Duration.ofMillis(50 * 10).toNanos());
    }

    @Test
    void aLimitOfHoursIsSharedToo() throws Exception {
        List<Long> waits = new ArrayList<>();
        var clock = Clock.fixed(LocalDate.EPOCH.atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        RateLimiter limiter = new RateLimiter(
                BandwidthLimit.parse("08:00-18:00 1MiB/s"), clock, Optional.of(shared(1)), meter, nanos -> {
                    waits.add(nanos);
                    now += nanos;
                });
        for (int i = 0; i < 64; i++) {
            limiter.pass(MIB / 32);
        }
        assertThat(seconds()).isBetween(4.0, 4.6);
        assertThat(waits).isNotEmpty();
    }
}
