package dev.offsite.bandwidth;

import dev.offsite.cluster.SharedRate;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One shared {@link BandwidthLimit}: a token bucket whose rate follows the time of day. Waiting streams take turns. Where
 * nodes share the limit, their bytes pass {@link NodeShare} first, and the bucket spreads them over the time.
 */
public final class RateLimiter {

    /** Unused bandwidth may be used later, up to a tenth of a second's worth: 5 % of two seconds. */
    private static final int BURSTS = 10;

    /** Slices per second. They limit each stream's wait, after which the time of day is checked again. */
    private static final int SLICES = 20;

    /** Bucket4j allows at most one token per nanosecond. */
    private static final long MOST_TOKENS = 1_000_000_000;

    private final BandwidthLimit limit;
    private final Clock clock;
    private final BlockingStrategy waiting;
    private final Bucket bucket;
    private final Optional<NodeShare> share;
    private long rate = 1;

    /** The clock has the limit's time zone. */
    RateLimiter(BandwidthLimit limit, Clock clock, Optional<SharedRate> shared) {
        this(limit, clock, shared, TimeMeter.SYSTEM_NANOTIME, BlockingStrategy.PARKING);
    }

    RateLimiter(
            BandwidthLimit limit, Clock clock, Optional<SharedRate> shared, TimeMeter meter, BlockingStrategy waiting) {
        this.share = shared.map(all -> new NodeShare(all, meter, waiting));
        this.limit = limit;
        this.clock = clock;
        this.waiting = waiting;
        bucket = Bucket.builder()
                .withCustomTimePrecision(meter)
                .addLimit(bandwidth(rate))
                .build();
    }

    /** Bytes to ask for at a time, at the current rate. */
    long slice() {
        OptionalLong now = now();
        return now.isEmpty() ? Long.MAX_VALUE : Math.max(1, now.getAsLong() / SLICES);
    }

    /** Waits until this many bytes may pass; after an interrupt they count as passed. */
    void pass(long bytes) throws InterruptedException {
        OptionalLong now = now();
        if (now.isPresent()) {
            if (share.isPresent()) {
                share.get().pass(bytes, now.getAsLong());
            }
            long unit = unit(now.getAsLong());
            bucket(now.getAsLong()).asBlocking().consume((bytes + unit - 1) / unit, waiting);
        }
    }

    private OptionalLong now() {
        return limit.windows().isEmpty() ? limit.rest() : limit.at(LocalTime.now(clock));
    }

    private static long unit(long rate) {
        return 1 + rate / MOST_TOKENS;
    }

    private synchronized Bucket bucket(long wanted) {
        if (wanted != rate) {
            // Keep the old bucket: its tokens are already promised to waiting streams.
            bucket.replaceConfiguration(
                    BucketConfiguration.builder().addLimit(bandwidth(wanted)).build(), TokensInheritanceStrategy.AS_IS);
            rate = wanted;
        }
        return bucket;
    }

    private static Bandwidth bandwidth(long rate) {
        long tokens = rate / unit(rate);
        return Bandwidth.builder()
                .capacity(Math.max(1, tokens / BURSTS))
                .refillGreedy(tokens, Duration.ofSeconds(1))
                .initialTokens(0)
                .build();
    }
}
