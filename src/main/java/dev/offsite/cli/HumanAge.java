package dev.offsite.cli;

import java.time.Duration;

/** Describes for people how long ago something was. */
public final class HumanAge {

    private HumanAge() {}

    /** Such as {@code 40 s}, {@code 12 min}, {@code 5 h}, {@code 3 d}; {@code 0 s} for the future. */
    static String of(Duration age) {
        long seconds = Math.max(0, age.toSeconds());
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 7200) {
            return seconds / 60 + " min";
        }
        return seconds < 2 * 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
    }
}
