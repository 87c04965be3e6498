package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TargetPausesTest {

    private static final Duration POLL = Duration.ofMinutes(1);

    private Instant now = Instant.parse("2026-01-31T00:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final TargetPauses pauses = new TargetPauses(clock);

    /** How often a dead target is tried in a day. */
    @Test
    void aDeadTargetIsTriedAtGrowingIntervals() {
        int tries = 0;
        for (int minute = 0; minute < 24 * 60; minute++) {
            if (!pauses.hold("db", POLL)) {
                pauses.failed("db");
                tries++;
            }
            now = now.plus(POLL);
        }
        assertThat(tries).isEqualTo(4 + (24 * 60 - 15) / 15);
    }

    @Test
    void oneThatWorksIsNotLeftAlone() {
        pauses.failed("db");
        assertThat(pauses.hold("db", POLL)).isTrue();
        assertThat(pauses.hold("web", POLL)).isFalse();
        pauses.worked("db");
        assertThat(pauses.hold("db", POLL)).isFalse();
    }

    @Test
    void aClockThatWasSetBackMakesNoPauseLonger() {
        pauses.failed("db");
        now = now.minus(Duration.ofDays(300));
        assertThat(pauses.hold("db", POLL)).isFalse();
    }
}
