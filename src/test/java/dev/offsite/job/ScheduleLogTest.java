package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.io.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScheduleLogTest {

    private static final CronTimes DAILY = new CronTimes("0 30 2 * * ?", ZoneId.of("Europe/Berlin"));
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    private Path state;

    private Instant now = Instant.parse("2026-03-20T12:00:00Z");
    private final List<Instant> runs = new ArrayList<>();

    /** A service that runs for that long by its clock, and looks at it every minute. */
    private void serve(CronTimes times, Duration time) {
        ScheduleLog log = new ScheduleLog(new StateFolder(state), "db");
        for (Instant end = now.plus(time); now.isBefore(end); now = now.plusSeconds(60)) {
            log.due(times, now).ifPresent(due -> {
                runs.add(due);
                log.ran(due, now);
            });
        }
    }

    private List<Instant> runs(String... times) {
        return List.of(times).stream().map(Instant::parse).toList();
    }

    @Test
    void aNewServiceHasMissedNothing() {
        serve(DAILY, Duration.ofHours(1));

        assertThat(runs).isEmpty();
    }

    @Test
    void eachRunHappensOnce() {
        serve(DAILY, Duration.ofHours(64));

        assertThat(runs).isEqualTo(runs("2026-03-21T01:30:00Z", "2026-03-22T01:30:00Z", "2026-03-23T01:30:00Z"));
    }

    @Test
    void aRunThatIsDueWhileNobodyServesIsMadeUpForOnce() {
        serve(DAILY, HOUR);
        now = Instant.parse("2026-03-21T08:00:00Z");
        serve(DAILY, HOUR);
        serve(DAILY, HOUR);

        assertThat(runs).isEqualTo(runs("2026-03-21T01:30:00Z"));
    }

    @Test
    void ofManyThatWereMissedOnlyOneIsMadeUpForAndNoneOfTheDayBefore() {
        serve(new CronTimes("0 0 * * * ?", ZoneId.of("UTC")), HOUR);
        runs.clear();
        now = Instant.parse("2026-03-25T08:10:00Z");
        serve(new CronTimes("0 0 * * * ?", ZoneId.of("UTC")), Duration.ofMinutes(30));
        assertThat(runs).hasSize(1);
    }

    @Test
    void aRunThatWasDueMoreThanADayAgoIsNotMadeUpFor() {
        CronTimes weekly = new CronTimes("0 30 2 ? * SAT", ZoneId.of("UTC"));
        serve(weekly, HOUR);
        now = Instant.parse("2026-03-22T02:31:00Z");
        serve(weekly, HOUR);
        assertThat(runs).isEmpty();

        now = Instant.parse("2026-03-28T01:00:00Z");
        serve(weekly, Duration.ofHours(2));
        assertThat(runs).isEqualTo(runs("2026-03-28T02:30:00Z"));
    }

    @Test
    void theNightThatSkipsTheTimeHasItsRun() {
        now = Instant.parse("2026-03-28T12:00:00Z");
        serve(DAILY, Duration.ofDays(2));

        assertThat(runs).isEqualTo(runs("2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"));
    }

    @Test
    void aClockThatJumpsOverTheTimeMissesNoRun() {
        serve(DAILY, HOUR);
        now = Instant.parse("2026-03-21T05:00:00Z");
        serve(DAILY, HOUR);

        assertThat(runs).isEqualTo(runs("2026-03-21T01:30:00Z"));
    }

    @Test
    void aClockThatIsSetBackByAYearSilencesNothing() {
        now = Instant.parse("2027-03-20T12:00:00Z");
        serve(DAILY, Duration.ofHours(24));
        now = Instant.parse("2026-03-20T12:00:00Z");
        runs.clear();

        serve(DAILY, Duration.ofHours(24));

        assertThat(runs).isEqualTo(runs("2026-03-21T01:30:00Z"));
    }

    /** In one process, too: not only when it starts. */
    @Test
    void aClockThatIsSetBackALittleRepeatsNoRun() {
        ScheduleLog log = new ScheduleLog(new StateFolder(state), "db");
        log.due(DAILY, now);
        Instant due = Instant.parse("2026-03-21T01:30:00Z");
        assertThat(log.due(DAILY, due)).contains(due);
        log.ran(due, due);

        assertThat(log.due(DAILY, due.minusSeconds(120))).isEmpty();
        assertThat(log.due(DAILY, due)).isEmpty();
        assertThat(log.due(DAILY, due.plus(Duration.ofHours(23)))).isEmpty();
        assertThat(log.due(DAILY, due.plus(Duration.ofHours(24)))).isPresent();
    }

    @Test
    void aRunByHandCountsAsTheOneThatWasDue() {
        serve(DAILY, HOUR);
        new ScheduleLog(new StateFolder(state), "db").ran(Instant.parse("2026-03-21T07:00:00Z"));
        now = Instant.parse("2026-03-21T08:00:00Z");
        serve(DAILY, Duration.ofHours(20));

        assertThat(runs).isEqualTo(runs("2026-03-22T01:30:00Z"));
    }

    @Test
    void aDamagedFileIsAsGoodAsNone() throws IOException {
        serve(DAILY, HOUR);
        Files.writeString(state.resolve("db.schedule"), "2026-03-2");
        now = Instant.parse("2026-03-21T08:00:00Z");
        serve(DAILY, Duration.ofHours(20));

        assertThat(runs).isEqualTo(runs("2026-03-22T01:30:00Z"));
    }
}
