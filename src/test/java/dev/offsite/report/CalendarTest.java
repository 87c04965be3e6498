package dev.offsite.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.report.CalendarDay.Kind;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalendarTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);
    private static final LocalDate LONG_AGO = LocalDate.of(2020, 1, 1);

    private static final HistoryEntry SHIPPED = run(Verb.SHIP, Result.OK, 2, 1536, "");
    private static final HistoryEntry NOTHING = run(Verb.SHIP, Result.NOTHING, 0, 0, "");
    private static final HistoryEntry FAILED = run(Verb.SHIP, Result.FAILED, 0, 0, "no route to host");
    private static final HistoryEntry PRUNED = run(Verb.PRUNE, Result.OK, 3, 0, "");
    private static final HistoryEntry REFUSED = run(Verb.PRUNE, Result.REFUSED, 0, 0, "too many folders");
    private static final HistoryEntry SCRUBBED = run(Verb.SCRUB, Result.OK, 7, 4096, "");
    private static final HistoryEntry DRILLED = run(Verb.DRILL, Result.OK, 1, 10, "");

    private static HistoryEntry run(Verb verb, Result result, long files, long bytes, String reason) {
        return new HistoryEntry(
                "db",
                verb,
                result,
                TODAY.atStartOfDay().toInstant(ZoneOffset.UTC),
                Duration.ofSeconds(1),
                files,
                bytes,
                0,
                List.of(),
                reason);
    }

    private static DaySummary day(HistoryEntry... runs) {
        DaySummary day = DaySummary.NONE;
        for (HistoryEntry run : runs) {
            day = day.plus(run);
        }
        return day;
    }

    private static CalendarDay shown(HistoryEntry... runs) {
        return CalendarDay.of(TODAY, day(runs), LONG_AGO, TODAY.plusDays(1));
    }

    @Test
    void theWorstOfADayIsShown() {
        assertThat(shown(SHIPPED).kind()).isEqualTo(Kind.VERIFIED);
        assertThat(shown(SHIPPED, PRUNED).kind()).isEqualTo(Kind.VERIFIED_AND_PRUNED);
        assertThat(shown(PRUNED).kind()).isEqualTo(Kind.PRUNED);
        assertThat(shown(NOTHING).kind()).isEqualTo(Kind.NOTHING);
        assertThat(shown(NOTHING, SCRUBBED).kind()).isEqualTo(Kind.NOTHING);
        assertThat(shown(SHIPPED, REFUSED).kind()).isEqualTo(Kind.REFUSED);
        assertThat(shown(FAILED, REFUSED).kind()).isEqualTo(Kind.FAILED);
        assertThat(shown(SHIPPED, PRUNED, FAILED).kind()).isEqualTo(Kind.FAILED_AND_VERIFIED);
        assertThat(shown(FAILED, SHIPPED).kind()).isEqualTo(Kind.FAILED_AND_VERIFIED);
        assertThat(shown().kind()).isEqualTo(Kind.NO_RUN);
    }

    @Test
    void aDaySaysAllThatHappened() {
        assertThat(shown(SHIPPED, PRUNED, SCRUBBED, DRILLED, FAILED).text())
                .isEqualTo("1 run failed (ship: no route to host); 2 copies verified, 1.5\u00a0KiB;"
                        + " 3 folders pruned; 7 verified again; 1 file restored");
        assertThat(shown(SHIPPED, REFUSED).text())
                .isEqualTo("nothing was pruned (prune: too many folders); 2 copies verified, 1.5\u00a0KiB");
        assertThat(shown(NOTHING).text()).isEqualTo("nothing new");
        assertThat(shown().text()).isEqualTo("no run");
        assertThat(CalendarDay.of(TODAY, DaySummary.NONE, LONG_AGO, TODAY).text())
                .isEqualTo("no run so far");
    }

    @Test
    void daysBeforeAnythingIsKnownAreEmpty() {
        CalendarDay before = CalendarDay.of(TODAY.minusDays(1), DaySummary.NONE, TODAY, TODAY);
        assertThat(before.kind()).isEqualTo(Kind.UNKNOWN);
        assertThat(before.text()).isEmpty();
        // What is in the history is known.
        assertThat(CalendarDay.of(TODAY.minusDays(1), day(NOTHING), TODAY, TODAY)
                        .kind())
                .isEqualTo(Kind.NOTHING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-11-29", "2026-11-30", "2026-12-02", "2024-02-29", "2026-01-01", "2026-12-31"})
    void aYearEndsWithToday(LocalDate today) {
        TreeMap<LocalDate, DaySummary> days = new TreeMap<>();
        days.put(today, day(SHIPPED));
        days.put(today.minusDays(2), day(FAILED, PRUNED));
        Calendar calendar = Calendar.of(new JobHistory(days, List.of()), today.minusDays(2), today);

        List<CalendarDay> shown = calendar.halves().stream()
                .flatMap(half -> half.weeks().stream())
                .flatMap(week -> week.days().stream())
                .toList();
        assertThat(shown.get(0).day().getDayOfWeek()).isEqualTo(DayOfWeek.MONDAY);
        assertThat(shown.get(0).day()).isEqualTo(Calendar.first(today)).isBeforeOrEqualTo(today.minusDays(364));
        assertThat(shown).extracting(CalendarDay::day).isSorted().doesNotHaveDuplicates();
        assertThat(shown.get(shown.size() - 1).day()).isEqualTo(today);
        assertThat(shown).filteredOn(CalendarDay::today).hasSize(1);
        assertThat(shown).allSatisfy(day -> assertThat(day.row())
                .isEqualTo(day.day().getDayOfWeek().getValue() - 1));
        assertThat(calendar.halves()).hasSize(2).allSatisfy(half -> assertThat(
                        half.labels().stream().map(Calendar.Label::x))
                .allMatch(x -> x < half.width() - 20));
        assertThat(calendar.summary()).endsWith(": copies were verified on 1 day, and something failed on 1 day.");
        assertThat(calendar.worst()).extracting(CalendarDay::day).containsExactly(today.minusDays(2));
        assertThat(calendar.months().stream().mapToInt(Calendar.Month::none).sum())
                .isEqualTo(1);
    }
}
