package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTimesTest {

    private static List<Instant> all(String cron, String zone, String from, String to) {
        CronTimes times = new CronTimes(cron, ZoneId.of(zone));
        List<Instant> all = new ArrayList<>();
        Instant end = Instant.parse(to);
        for (Optional<Instant> next = times.next(Instant.parse(from));
                next.isPresent() && next.get().isBefore(end);
                next = times.next(next.get())) {
            all.add(next.get());
        }
        return all;
    }

    /** On the day of the change and the days around it. */
    @ParameterizedTest
    @CsvSource({
        "0 30 2 * * ?, Europe/Berlin, 2026-03-29, 2026-03-29T01:30:00Z",
        "0 0 2 * * ?, Europe/Berlin, 2026-03-29, 2026-03-29T01:00:00Z",
        "0 0 3 * * ?, Europe/Berlin, 2026-03-29, 2026-03-29T01:00:00Z",
        "0 30 1 * * ?, Europe/Berlin, 2026-03-29, 2026-03-29T00:30:00Z",
        "0 30 2 * * ?, Europe/Berlin, 2026-10-25, 2026-10-25T00:30:00Z",
        "0 30 3 * * ?, Europe/Berlin, 2026-10-25, 2026-10-25T02:30:00Z",
        "0 0 0 * * ?, Africa/Cairo, 2026-04-24, 2026-04-23T22:00:00Z",
        "0 30 0 * * ?, Africa/Cairo, 2026-04-24, 2026-04-23T22:30:00Z",
        "0 15 2 * * ?, Australia/Lord_Howe, 2026-10-04, 2026-10-03T15:45:00Z",
        "0 30 2 29 3 ?, Europe/Berlin, 2026-03-29, 2026-03-29T01:30:00Z"
    })
    void aTimeThatTheClocksSkipOrRepeatComesOnce(String cron, String zone, LocalDate day, Instant expected) {
        Instant noon = day.atStartOfDay(ZoneId.of("UTC")).toInstant();
        String from = noon.minus(13, ChronoUnit.HOURS).toString();
        String to = noon.plus(9, ChronoUnit.HOURS).toString();

        assertThat(all(cron, zone, from, to)).containsExactly(expected);
        // From a moment in the hour before, and in the hour itself.
        assertThat(new CronTimes(cron, ZoneId.of(zone)).next(expected.minusSeconds(1)))
                .contains(expected);
    }

    /** Every day of three years has its run, whatever the zone does. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin",
        "America/New_York",
        "Africa/Cairo",
        "Asia/Beirut",
        "Australia/Lord_Howe",
        "America/Santiago",
        "Asia/Tehran",
        "Africa/Casablanca",
        "UTC"
    })
    void eachDayHasOneRun(String zone) {
        for (int hour = 0; hour < 24; hour++) {
            List<Instant> runs =
                    all("0 30 %d * * ?".formatted(hour), zone, "2024-12-31T12:00:00Z", "2028-01-02T12:00:00Z");

            assertThat(runs.size()).as("%s %d", zone, hour).isBetween(1096, 1098);
            for (int i = 1; i < runs.size(); i++) {
                assertThat(runs.get(i - 1).until(runs.get(i), ChronoUnit.MINUTES))
                        .as("after %s", runs.get(i - 1))
                        .isBetween(23 * 60L - 1, 25 * 60L + 1);
            }
        }
    }

    @Test
    void whatComesEveryHourComesInTheRepeatedHourToo() {
        assertThat(all("0 30 * * * ?", "Europe/Berlin", "2026-10-24T22:45:00Z", "2026-10-25T03:00:00Z"))
                .containsExactly(
                        Instant.parse("2026-10-24T23:30:00Z"),
                        Instant.parse("2026-10-25T00:30:00Z"),
                        Instant.parse("2026-10-25T01:30:00Z"),
                        Instant.parse("2026-10-25T02:30:00Z"));
        assertThat(all("0 30 * * * ?", "Europe/Berlin", "2026-03-28T23:45:00Z", "2026-03-29T03:00:00Z"))
                .containsExactly(
                        Instant.parse("2026-03-29T00:30:00Z"),
                        Instant.parse("2026-03-29T01:30:00Z"),
                        Instant.parse("2026-03-29T02:30:00Z"));
    }

    @Test
    void twoTimesThatBecomeOneAreOne() {
        assertThat(all("0 30 2,3 * * ?", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"))
                .containsExactly(Instant.parse("2026-03-29T01:30:00Z"));
    }

    @Test
    void namesWhatIsSkipped() {
        Instant from = Instant.parse("2026-11-29T00:00:00Z");
        Instant to = from.plus(365, ChronoUnit.DAYS);

        assertThat(new CronTimes("0 15,45 2 * * ?", ZoneId.of("Europe/Berlin")).skipped(from, to))
                .containsExactly(
                        new CronTimes.Skipped(
                                LocalDateTime.parse("2027-03-28T02:15"), Instant.parse("2027-03-28T01:15:00Z")),
                        new CronTimes.Skipped(
                                LocalDateTime.parse("2027-03-28T02:45"), Instant.parse("2027-03-28T01:45:00Z")));
        for (String other : List.of("0 30 4 * * ?", "0 0 3 * * ?", "0 0/5 * * * ?", "0 30 2 ? * SAT")) {
            assertThat(new CronTimes(other, ZoneId.of("Europe/Berlin")).skipped(from, to))
                    .as(other)
                    .isEmpty();
        }
    }

    @Test
    void someNeverComeAgain() {
        Instant now = Instant.parse("2026-11-29T00:00:00Z");

        assertThat(new CronTimes("0 0 3 * * ? 2020", ZoneId.of("Europe/Berlin")).next(now))
                .isEmpty();
        assertThat(new CronTimes("0 0 3 30 2 ?", ZoneId.of("Europe/Berlin")).next(now))
                .isEmpty();
        assertThat(new CronTimes("0 0 3 29 2 ?", ZoneId.of("Europe/Berlin")).next(now))
                .contains(Instant.parse("2028-02-29T02:00:00Z"));
        assertThatThrownBy(() -> new CronTimes("every day", ZoneId.of("UTC")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
