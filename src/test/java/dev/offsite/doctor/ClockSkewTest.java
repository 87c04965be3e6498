package dev.offsite.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClockSkewTest {

    private static final Instant OURS = Instant.parse("2026-01-31T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "PT0S, OK, agrees with ours to 1 s",
        "PT-59S, OK, agrees with ours to 60 s",
        "PT2M, OK, agrees with ours",
        "PT2M1S, WARN, is 2 minutes ahead of ours; let both be set by NTP",
        "PT-10M, WARN, is 10 minutes behind ours",
        "PT-23H, WARN, is 23 hours behind ours; let both be set by NTP",
        "PT25H, WARN, is 25 hours ahead of ours: our clock (2026-01-31T12:00:00Z) names the dated folders",
        "P-400D, WARN, is 400 days behind ours: our clock",
    })
    void isTold(Duration ahead, Result result, String detail) {
        CheckRunner.Outcome outcome = ClockSkew.of(OURS, OURS.plus(ahead));

        assertThat(outcome.result()).isEqualTo(result);
        assertThat(outcome.detail()).contains(detail);
    }
}
