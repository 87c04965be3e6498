package dev.offsite.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.IntStream;
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

        assertThat(new RetentionPolicy(200).kept(days)).containsEntry(days.get(rank - 1), "kept: " + reason);
    }
}
