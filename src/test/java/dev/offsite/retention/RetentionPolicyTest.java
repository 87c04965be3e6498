package dev.offsite.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionPolicyTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 3, 10);

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
    void refusesToKeepNothing(int keep) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RetentionPolicy(keep))
                .withMessageContaining("keep must be at least 1");
    }

    @ParameterizedTest
    @CsvSource({
        "1, the newest of 200", "2, 2nd newest of 200", "3, 3rd newest of 200", "4, 4th newest of 200",
        "11, 11th newest of 200", "12, 12th newest of 200", "13, 13th newest of 200", "21, 21st newest of 200",
        "101, 101st newest of 200", "111, 111th newest of 200", "122, 122nd newest of 200"
    })
    void countsInPlainEnglish(int rank, String reason) {
        List<LocalDate> days =
                IntStream.range(0, 200).mapToObj(TODAY::minusDays).toList();

        assertThat(new RetentionPolicy(200).kept(days)).containsEntry(days.get(rank - 1), List.of(reason));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1})
    void refusesToCountNothing(int count) {
        for (Rule rule : Rule.values()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new RetentionPolicy(Map.of(rule, count), Optional.empty()))
                    .withMessageContaining(rule.key() + " must be at least 1");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "30d, 2026-03-31, 2026-03-01",
        "2w, 2026-03-31, 2026-03-17",
        "1m, 2026-03-31, 2026-03-03",
        "1m, 2026-04-30, 2026-03-30",
        "1y, 2024-02-29, 2023-03-01",
        "1y6m, 2026-03-31, 2024-10-01",
        "1y2m3w4d, 2026-03-31, 2025-01-06"
    })
    void aPeriodEndsWithTheNewestAndCountsMonthsAsResticDoes(String period, LocalDate newest, LocalDate before) {
        assertThat(Within.parse(period).before(newest)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0d", "30", "30x", "-30d", "1h", "d", "1d1y", "1.5y", "99999y", " 1d"})
    void refusesWhatIsNoPeriod(String period) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Within.parse(period))
                .withMessageStartingWith("'" + period + "' is");
    }

    @Test
    void saysWhatItKeeps() {
        assertThat(RetentionPolicy.KEEP_ALL).hasToString("keeps everything");
        assertThat(new RetentionPolicy(
                        Map.of(Rule.NEWEST, 7, Rule.WEEKLY, 4, Rule.YEARLY, RetentionPolicy.UNLIMITED),
                        Optional.of(Within.parse("1y6m"))))
                .hasToString("the newest 7 folders, 4 ISO weeks, all years, all within 1y6m");
    }
}
