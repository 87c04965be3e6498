package dev.offsite.doctor;

import dev.offsite.doctor.CheckRunner.Outcome;
import java.time.Duration;
import java.time.Instant;

/** Judges how far the server's clock is from ours. */
final class ClockSkew {

    /** File times are in whole seconds, and the write takes a moment. */
    private static final Duration HARMLESS = Duration.ofMinutes(2);

    private static final Duration A_DAY = Duration.ofDays(1);

    private ClockSkew() {}

    /**
     * @param ours time by our clock
     * @param theirs the server's time at that moment
     */
    static Outcome of(Instant ours, Instant theirs) {
        Duration ahead = Duration.between(ours, theirs);
        if (ahead.abs().compareTo(HARMLESS) <= 0) {
            return Outcome.ok("agrees with ours to " + words(ahead.abs().plusSeconds(1)));
        }
        String skew = "the server's clock is %s %s ours"
                .formatted(words(ahead.abs()), ahead.isNegative() ? "behind" : "ahead of");
        return Outcome.warn(
                ahead.abs().compareTo(A_DAY) < 0
                        ? skew + "; let both be set by NTP"
                        : skew + ": our clock (%s) names the dated folders, so it must be right".formatted(ours));
    }

    private static String words(Duration time) {
        if (time.compareTo(Duration.ofMinutes(2)) < 0) {
            return time.toSeconds() + " s";
        }
        if (time.compareTo(Duration.ofHours(2)) < 0) {
            return time.toMinutes() + " minutes";
        }
        return time.compareTo(A_DAY.multipliedBy(2)) < 0 ? time.toHours() + " hours" : time.toDays() + " days";
    }
}
