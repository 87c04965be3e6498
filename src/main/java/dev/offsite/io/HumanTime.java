package dev.offsite.io;

import java.time.Duration;

/** Periods in words. */
public final class HumanTime {

    private HumanTime() {}

    /** The largest unit that shows it well: {@code 45 s}, {@code 26 h}, {@code 3 d}. */
    public static String of(Duration period) {
        long seconds = Math.max(0, period.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 2 * 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }
}
