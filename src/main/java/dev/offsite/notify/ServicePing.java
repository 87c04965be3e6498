package dev.offsite.notify;

import dev.offsite.io.StateException;
import dev.offsite.io.Text;
import dev.offsite.notify.PingLog.Last;
import dev.offsite.status.JobReport;
import dev.offsite.status.Trouble;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pings of a service: one an hour while nothing changes, and at once when something begins or is over. */
public final class ServicePing {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final Duration INTERVAL = Duration.ofHours(1);

    private final Function<String, Optional<PingUrl>> urls;
    private final String state;
    private final Clock clock;
    /** Jobs whose address cannot be read. */
    private final Set<String> unusable = ConcurrentHashMap.newKeySet();

    private final Map<PingUrl, AtomicBoolean> busy = new ConcurrentHashMap<>();

    /** {@code urls}: the address for each job. */
    public ServicePing(Function<String, Optional<PingUrl>> urls, String state, Clock clock) {
        this.urls = urls;
        this.state = state;
        this.clock = clock;
    }

    /** Pings where it is due, in threads of their own. Fails with {@link StateException} */
    public void check(List<JobReport> reports) {
        Map<PingUrl, List<JobReport>> jobs = new LinkedHashMap<>();
        for (JobReport report : reports) {
            url(report.name()).ifPresent(url -> jobs.computeIfAbsent(url, one -> new ArrayList<>())
                    .add(report));
        }
        jobs.forEach(this::check);
    }

    private Optional<PingUrl> url(String job) {
        try {
            return urls.apply(job);
        } catch (RuntimeException e) {
            if (unusable.add(job)) {
                LOG.warn("{}: nobody is pinged: {}", job, Text.reason(e));
            }
            return Optional.empty();
        }
    }

    private void check(PingUrl url, List<JobReport> reports) {
        List<Trouble> troubles =
                reports.stream().flatMap(report -> report.troubles().stream()).toList();
        Optional<Last> last = new PingLog(state).last(url);
        boolean due = last.isEmpty()
                || last.get().well() != troubles.isEmpty()
                || Duration.between(last.get().at(), clock.instant()).abs().compareTo(INTERVAL) >= 0;
        AtomicBoolean underWay = busy.computeIfAbsent(url, one -> new AtomicBoolean());
        if (!due || !underWay.compareAndSet(false, true)) {
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try (Ping ping = new Ping(url, state, clock)) {
                        ping.end(troubles.isEmpty(), text(reports, troubles));
                    } catch (RuntimeException e) {
                        LOG.warn("ping {}: {}", url.shown(), e.getClass().getSimpleName());
                    } finally {
                        underWay.set(false);
                    }
                },
                "offsite-ping-check");
        thread.setDaemon(true);
        thread.start();
    }

    private static String text(List<JobReport> reports, List<Trouble> troubles) {
        return troubles.isEmpty()
                ? reports.stream().map(JobReport::name).collect(Collectors.joining(", ", "all is well: ", "\n"))
                : troubles.stream()
                        .map(trouble -> "%s: %s\n".formatted(trouble.job(), trouble.text()))
                        .collect(Collectors.joining());
    }

    boolean isUnderWay() {
        return busy.values().stream().anyMatch(AtomicBoolean::get);
    }
}
