package dev.offsite.ship;

import dev.offsite.io.HumanTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs failures of jobs. A service meets the same failure at every poll: it is logged at first, then at growing intervals
 * until a day, and when it is over.
 */
public final class FailureLog {

    private static final Logger LOG = LoggerFactory.getLogger("offsite");
    private static final Duration FIRST_INTERVAL = Duration.ofMinutes(1);
    private static final Duration LONGEST_INTERVAL = Duration.ofDays(1);

    private final Clock clock;
    private final Map<Subject, Failure> failures = new ConcurrentHashMap<>();

    /** {@code name}: as for {@link #failed} */
    private record Subject(String job, String name) {}

    private record Failure(String message, Instant since, Instant again, Duration interval) {}

    public FailureLog(Clock clock) {
        this.clock = clock;
    }

    /** {@code name}: a file of the job or its source folder, or empty for its target */
    void failed(String job, String name, String message) {
        Instant now = clock.instant();
        failures.compute(new Subject(job, name), (subject, last) -> {
            if (last == null || !last.message().equals(message)) {
                LOG.error("{}: {}", job, message);
                return new Failure(message, now, now.plus(FIRST_INTERVAL), FIRST_INTERVAL);
            }
            if (now.isBefore(last.again())) {
                return last;
            }
            LOG.error("{}: {} (for {} now)", job, message, HumanTime.of(Duration.between(last.since(), now)));
            Duration doubled = last.interval().multipliedBy(2);
            Duration next = doubled.compareTo(LONGEST_INTERVAL) < 0 ? doubled : LONGEST_INTERVAL;
            return new Failure(message, last.since(), now.plus(next), next);
        });
    }

    /** The job's target works again. */
    void over(String job) {
        over(new Subject(job, ""));
    }

    private void over(Subject subject) {
        Failure failure = failures.remove(subject);
        if (failure != null) {
            String time = HumanTime.of(Duration.between(failure.since(), clock.instant()));
            LOG.info("{}: over after {}: {}", subject.job(), time, failure.message());
        }
    }

    /** Which is logged anyway. */
    void shipped(String job, String name) {
        // Called for every file, so the usual case must be cheap.
        if (!failures.isEmpty()) {
            failures.remove(new Subject(job, name));
        }
    }

    /** The files of the job that still fail; for the others it is over. */
    void stillFailing(String job, Collection<String> names) {
        failures.keySet().stream()
                .filter(subject -> subject.job().equals(job) && !subject.name().isEmpty())
                .filter(subject -> !names.contains(subject.name()))
                .forEach(this::over);
    }
}
