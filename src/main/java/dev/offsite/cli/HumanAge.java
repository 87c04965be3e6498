package dev.offsite.cli;

import java.time.Duration;

/** How long ago something was, as a person says it. */
public final class HumanAge {

    private HumanAge() {}

    /** Such as {@code 40 s}, {@code 12 min}, {@code 5 h}, {@code 3 d}; what lies in the future is {@code 0 s}. */
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
