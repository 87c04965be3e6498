package dev.offsite.bandwidth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.offsite.io.HashingInputStream;
import dev.offsite.io.HashingOutputStream;
import io.github.bucket4j.TimeMeter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThrottleTest {

    private static final int MIB = 1 << 20;

    /** Time that passes only where somebody waits for it, and is the same for the day and for the nanoseconds. */
    private static final class Time extends Clock implements TimeMeter {
        private final Instant start;
        private final ZoneId zone;
        private long nanos;

        Time(String start, ZoneId zone) {
            this.start = Instant.parse(start);
            this.zone = zone;
        }

        RateLimiter limiter(String limit) {
            return new RateLimiter(BandwidthLimit.parse(limit), this, Optional.empty(), this, this::pass);
        }

        Throttle throttle(String... limits) {
            return new Throttle(List.of(limits).stream().map(this::limiter).toList());
        }

        void pass(long more) {
            nanos += more;
        }

        double seconds() {
            return nanos / 1e9;
        }

        @Override
        public long currentTimeNanos() {
            return nanos;
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Instant instant() {
            return start.plusNanos(nanos);
        }
    }

    private final Time time = new Time("2026-01-31T12:00:00Z", ZoneOffset.UTC);

    private static InputStream limited(Throttle throttle, byte[] bytes) {
        return new HashingInputStream(new ByteArrayInputStream(bytes), throttle.before(n -> {}));
    }

    private static void read(Throttle throttle, int bytes) throws IOException {
        try (InputStream in = limited(throttle, new byte[bytes])) {
            assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @CsvSource({"1KiB/s, 4096", "64KiB/s, 262144", "10MiB/s, 41943040", "5MiB/s, 20971523", "1GiB/s, 67108864"})
    void theMeanRateIsTheOneThatWasSet(String limit, int bytes) throws IOException {
        read(time.throttle(limit), bytes);

        double rate = bytes / time.seconds();
        assertThat(rate)
                .isCloseTo((double) BandwidthLimit.parse(limit).rest().orElseThrow(), Percentage.withPercentage(1));
    }

    @Test
    void manySmallFilesGoAsFastAsALargeOne() throws IOException {
        Throttle throttle = time.throttle("1MiB/s");
        for (int i = 0; i < 500; i++) {
            read(throttle, 8 * 1024);
        }
        assertThat(time.seconds()).isCloseTo(500 * 8 / 1024.0, Percentage.withPercentage(1));
    }

    /** What was not used is not made up for. */
    @Test
    void aPauseBringsNoMoreThanATenthOfASecond() throws IOException {
        Throttle throttle = time.throttle("1MiB/s");
        read(throttle, MIB);
        time.pass(Duration.ofHours(1).toNanos());
        double before = time.seconds();
        read(throttle, 2 * MIB);

        assertThat(time.seconds() - before).isBetween(1.9, 2.0);
    }

    @ParameterizedTest
    @CsvSource({"1MiB/s, 2MiB/s", "2MiB/s, 1MiB/s", "1GiB/s, 1MiB/s"})
    void aByteMustPassBothLimits(String one, String other) throws IOException {
        read(time.throttle(one, other), 4 * MIB);
        assertThat(time.seconds()).isCloseTo(4, within(0.04));
    }

    @Test
    void twoEqualLimitsAreNoSlowerThanOne() throws IOException {
        read(time.throttle("64KiB/s", "64KiB/s"), 256 * 1024);
        assertThat(time.seconds()).as("but for one slice at the start").isCloseTo(4, within(0.06));
    }

    @Test
    void theRateChangesWithTheTimeOfDayWithinOneRead() throws IOException {
        Time evening = new Time("2026-01-31T17:59:58Z", ZoneOffset.UTC);
        byte[] all = new byte[6 * MIB];
        try (InputStream in = limited(evening.throttle("08:00-18:00 1MiB/s, 2MiB/s"), all)) {
            assertThat(in.read(all)).isEqualTo(all.length);
        }
        assertThat(evening.seconds()).as("2 s for 2 MiB, 2 s for 4 MiB").isCloseTo(4, within(0.15));
    }

    @Test
    void theTimeOfDayIsThatOfTheZone() throws IOException {
        Time berlin = new Time("2026-01-31T17:30:00Z", ZoneId.of("Europe/Berlin"));
        read(berlin.throttle("08:00-18:00 1MiB/s, 2MiB/s"), 4 * MIB);
        assertThat(berlin.seconds()).isCloseTo(2, within(0.02));
    }

    @Test
    void outsideOfTheHoursNothingWaits() throws IOException {
        read(time.throttle("13:00-18:00 1KiB/s"), 64 * MIB);
        assertThat(time.seconds()).isZero();
    }

    @Test
    void downloadsWaitAsWell() throws IOException {
        byte[] bytes = new byte[MIB];
        bytes[7] = 7;
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        Throttle throttle = time.throttle("1MiB/s");
        try (OutputStream out = new HashingOutputStream(arrived, throttle.before(n -> {}))) {
            out.write(bytes);
            out.write(3);
        }
        assertThat(arrived.size()).isEqualTo(MIB + 1);
        assertThat(arrived.toByteArray()[7]).isEqualTo((byte) 7);
        assertThat(time.seconds()).isCloseTo(1, within(0.01));

        long[] told = new long[1];
        time.throttle("1MiB/s").before(n -> told[0] += n).accept(MIB);
        assertThat(told[0]).isEqualTo(MIB);
        assertThat(time.seconds()).isCloseTo(2, within(0.02));
    }

    @Test
    void withoutALimitNothingStandsBetween() {
        long[] told = new long[1];
        new Throttle(List.of()).before(n -> told[0] += n).accept(Long.MAX_VALUE);
        assertThat(told[0]).isEqualTo(Long.MAX_VALUE);
    }

    private static Throttle real(String limit) {
        return new Throttle(List.of(new RateLimiter(BandwidthLimit.parse(limit), Clock.systemUTC(), Optional.empty())));
    }

    /** Never more than is allowed, however many share it; how much less depends on the machine. */
    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void manyStreamsShareOneLimitFairly(int streams) throws Exception {
        Throttle throttle = real("8MiB/s");
        ExecutorService threads = Executors.newFixedThreadPool(streams);
        try {
            long before = System.nanoTime();
            List<CompletableFuture<Double>> ends = IntStream.range(0, streams)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    read(throttle, 16 * MIB / streams);
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                                return (System.nanoTime() - before) / 1e9;
                            },
                            threads))
                    .toList();
            List<Double> seconds =
                    ends.stream().map(CompletableFuture::join).sorted().toList();

            assertThat(seconds.get(streams - 1)).isBetween(2 / 1.05, 4.0);
            assertThat(seconds.get(0)).as("the first to end").isGreaterThan(seconds.get(streams - 1) * 0.7);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anInterruptEndsTheWaitingAtOnce() throws Exception {
        Throttle throttle = real("1KiB/s");
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                read(throttle, MIB);
                failure.complete(null);
            } catch (IOException | RuntimeException e) {
                failure.complete(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        reader.start();
        await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
        reader.interrupt();

        assertThat(failure.get(10, TimeUnit.SECONDS))
                .isInstanceOf(InterruptedIOException.class)
                .hasMessageContaining("bandwidth limit");
        reader.join();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> throttle.before(n -> {}).accept(1024))
                .hasRootCauseInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
