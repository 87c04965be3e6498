package dev.offsite.bandwidth;

import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.OptionalLong;

/**
 * One {@link BandwidthLimit} for all that share it: a token bucket whose rate follows the time of day. Who waits is served in
 * turn, a slice at a time, so no stream is left behind.
 */
public final class RateLimiter {

    /** What is not used for a while may be used at once, but no more than this is worth: 5 % of two seconds. */
    private static final int BURSTS = 10;

    /** A wait is that part of a second at most for each who shares it: then the time of day counts anew. */
    private static final int SLICES = 20;

    /** A bucket's finest rate: its library counts no more than a token in a nanosecond. */
    private static final long MOST_TOKENS = 1_000_000_000;

    private final BandwidthLimit limit;
    private final Clock clock;
    private final TimeMeter meter;
    private final BlockingStrategy waiting;
    private Bucket bucket;
    private long rate;

    /**
     * @param clock tells the time of day, in the zone that the limit is meant in
     */
    RateLimiter(BandwidthLimit limit, Clock clock) {
        this(limit, clock, TimeMeter.SYSTEM_NANOTIME, BlockingStrategy.PARKING);
    }

    /**
     * @param meter by what a second is measured
     * @param waiting how to wait
     */
    RateLimiter(BandwidthLimit limit, Clock clock, TimeMeter meter, BlockingStrategy waiting) {
        this.limit = limit;
        this.clock = clock;
        this.meter = meter;
        this.waiting = waiting;
    }

    /** How many bytes to ask for at a time, now. */
    long slice() {
        OptionalLong now = now();
        return now.isEmpty() ? Long.MAX_VALUE : Math.max(1, now.getAsLong() / SLICES);
    }

    /**
     * Waits until that many bytes more may pass.
     *
     * @throws InterruptedException if this thread is interrupted meanwhile; the bytes count as passed
     */
    void pass(long bytes) throws InterruptedException {
        OptionalLong now = now();
        if (now.isPresent()) {
            long unit = unit(now.getAsLong());
            bucket(now.getAsLong()).asBlocking().consume((bytes + unit - 1) / unit, waiting);
        }
    }

    private OptionalLong now() {
        return limit.windows().isEmpty() ? limit.rest() : limit.at(LocalTime.now(clock));
    }

    /** The bytes of a token. */
    private static long unit(long rate) {
        return 1 + rate / MOST_TOKENS;
    }

    private synchronized Bucket bucket(long wanted) {
        if (wanted != rate) {
            BucketConfiguration configuration = configuration(wanted);
            if (bucket == null) {
                bucket = Bucket.builder()
                        .withCustomTimePrecision(meter)
                        .addLimit(configuration.getBandwidths()[0])
                        .build();
            } else {
                // Not anew: those who wait now have been served from it already.
                bucket.replaceConfiguration(configuration, TokensInheritanceStrategy.AS_IS);
            }
            rate = wanted;
        }
        return bucket;
    }

    private static BucketConfiguration configuration(long rate) {
        long tokens = rate / unit(rate);
        return BucketConfiguration.builder()
                .addLimit(bandwidth -> bandwidth
                        .capacity(Math.max(1, tokens / BURSTS))
                        .refillGreedy(tokens, Duration.ofSeconds(1))
                        .initialTokens(0))
                .build();
    }
}
