package dev.offsite.ship;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long the service leaves a target alone that it could not use: twice as long after each failure in a row, a quarter of
 * an hour at most.
 */
public final class TargetPauses {

    private static final Duration LONGEST = Duration.ofMinutes(15);

    private final Clock clock;
    private final Map<String, Failures> failures = new ConcurrentHashMap<>();

    private record Failures(int inARow, Instant last) {}

    public TargetPauses(Clock clock) {
        this.clock = clock;
    }

    /** Whether a job that looks for files every {@code poll} must leave its target alone now. */
    public boolean hold(String job, Duration poll) {
        Failures failed = failures.get(job);
        if (failed == null || poll.compareTo(LONGEST) >= 0) {
            return false;
        }
        Duration pause = poll;
        for (int i = 0; i < failed.inARow() && pause.compareTo(LONGEST) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        Instant now = clock.instant();
        Instant end = failed.last().plus(pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
        // Not longer because the clock was set back.
        return now.isBefore(end) && !now.isBefore(failed.last());
    }

    /** The target of the job could not be used. */
    public void failed(String job) {
        failures.merge(
                job, new Failures(1, clock.instant()), (last, first) -> new Failures(last.inARow() + 1, first.last()));
    }

    /** It could. */
    public void worked(String job) {
        failures.remove(job);
    }
}
