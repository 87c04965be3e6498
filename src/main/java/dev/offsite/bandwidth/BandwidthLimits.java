package dev.offsite.bandwidth;

import dev.offsite.cluster.SharedRate;
import dev.offsite.io.Clocks;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;

/** The bandwidth limits of a Camel context: one of all jobs, and one for each job that has its own. Nodes share them. */
public final class BandwidthLimits implements CamelContextAware {

    private static final String OF_ALL = "all";

    private final BandwidthLimit limit;
    private final Function<String, Optional<SharedRate>> shares;
    private final Map<String, RateLimiter> ofJobs = new ConcurrentHashMap<>();
    private RateLimiter ofAll;
    private CamelContext context;

    /**
     * Parses the limit of all jobs like {@link BandwidthLimit#parse}, in the system's time zone.
     *
     * @param shares what nodes share of a limit, by its name; empty for a single machine
     */
    public BandwidthLimits(String limit, Function<String, Optional<SharedRate>> shares) {
        this.limit = BandwidthLimit.parse(limit);
        this.shares = shares;
    }

    /** For a single machine. */
    public BandwidthLimits(String limit) {
        this(limit, name -> Optional.empty());
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
                : Optional.of(ofJobs.computeIfAbsent(job, name -> limiter("job " + name, ofJob, zone)));
        return new Throttle(Stream.concat(own.stream(), shared().stream()).toList());
    }

    private synchronized Optional<RateLimiter> shared() {
        if (ofAll == null && !limit.isNone()) {
            ofAll = limiter(OF_ALL, limit, ZoneId.systemDefault());
        }
        return Optional.ofNullable(ofAll);
    }

    private RateLimiter limiter(String name, BandwidthLimit of, ZoneId zone) {
        return new RateLimiter(of, Clocks.of(context).withZone(zone), shares.apply(name));
    }
}
