package dev.offsite.ship;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailureLogTest {

    private static final String DOWN = "backup@nas:22 cannot be reached";

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Instant now = Instant.parse("2026-01-31T00:00:00Z");
    private final FailureLog failures = new FailureLog(new Clock() {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    });

    @BeforeEach
    void start() {
        log.start();
        ((Logger) LoggerFactory.getLogger("offsite")).addAppender(log);
    }

    @AfterEach
    void stop() {
        ((Logger) LoggerFactory.getLogger("offsite")).detachAppender(log);
    }

    private List<String> lines() {
        List<String> lines = log.list.stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .toList();
        log.list.clear();
        return lines;
    }

    @Test
    void aFailureThatGoesOnIsLoggedAtGrowingIntervalsUntilADay() {
        List<Long> minutes = new ArrayList<>();
        for (long minute = 0; minute < 7 * 24 * 60; minute++) {
            failures.failed("db", "", DOWN);
            if (!lines().isEmpty()) {
                minutes.add(minute);
            }
            now = now.plus(Duration.ofMinutes(1));
        }

        assertThat(minutes).startsWith(0L, 1L, 3L, 7L, 15L, 31L, 63L, 127L).hasSizeBetween(14, 18);
        assertThat(minutes.get(minutes.size() - 1) - minutes.get(minutes.size() - 2))
                .isEqualTo(24 * 60);
    }

    @Test
    void itSaysForHowLongAndWhenItIsOver() {
        failures.failed("db", "", DOWN);
        now = now.plus(Duration.ofHours(3));
        failures.failed("db", "", DOWN);
        failures.over("db");
        failures.over("db");

        assertThat(lines())
                .containsExactly(
                        "ERROR db: " + DOWN,
                        "ERROR db: " + DOWN + " (for 3 h now)",
                        "INFO db: over after 3 h: " + DOWN);
    }

    @Test
    void anotherReasonAnotherFileAndAnotherJobAreLoggedAtOnce() {
        failures.failed("db", "", DOWN);
        failures.failed("db", "", "its disk is full");
        failures.failed("db", "a", "a not shipped: it changed");
        failures.failed("db", "b", "b not shipped: it changed");
        failures.failed("web", "", "its disk is full");

        assertThat(lines()).hasSize(5);
    }

    @Test
    void whatNoLongerFailsIsOverUnlessItsCommitWasLogged() {
        failures.failed("db", "gone", "gone not shipped: it changed");
        failures.failed("db", "shipped", "shipped not shipped: it changed");
        failures.failed("db", "still", "still not shipped: it changed");
        failures.failed("db", "", DOWN);
        failures.failed("web", "other", "other not shipped: it changed");
        lines();

        failures.shipped("db", "shipped");
        failures.stillFailing("db", Set.of("still"));

        assertThat(lines()).containsExactly("INFO db: over after 0 s: gone not shipped: it changed");
    }
}
