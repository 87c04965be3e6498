package dev.offsite.bandwidth;

import dev.offsite.io.Clocks;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;

/** The bandwidth limits of a Camel context: a shared one, and one for each job that has its own. */
public final class BandwidthLimits implements CamelContextAware {

    private final BandwidthLimit limit;
    private final Map<String, RateLimiter> ofJobs = new ConcurrentHashMap<>();
    private RateLimiter ofAll;
    private CamelContext context;

    /** Parses the shared limit like {@link BandwidthLimit#parse}, in the system's time zone. */
    public BandwidthLimits(String limit) {
        this.limit = BandwidthLimit.parse(limit);
    }

    @Override
    public CamelContext getCamelContext() {
        return context;
    }

    @Override
    public void setCamelContext(CamelContext context) {
        this.context = context;
    }

    /** For traffic that belongs to no job. */
    public Throttle ofAll() {
        return new Throttle(shared().stream().toList());
    }

    /** For all traffic of this job: its own limit and the shared one. */
    public Throttle of(String job, BandwidthLimit ofJob, ZoneId zone) {
        Optional<RateLimiter> own = ofJob.isNone()
                ? Optional.empty()
                : Optional.of(ofJobs.computeIfAbsent(job, name -> limiter(ofJob, zone)));
        return new Throttle(Stream.concat(own.stream(), shared().stream()).toList());
    }

    private synchronized Optional<RateLimiter> shared() {
        if (ofAll == null && !limit.isNone()) {
            ofAll = limiter(limit, ZoneId.systemDefault());
        }
        return Optional.ofNullable(ofAll);
    }

    private RateLimiter limiter(BandwidthLimit of, ZoneId zone) {
        return new RateLimiter(of, Clocks.of(context).withZone(zone));
    }
}
