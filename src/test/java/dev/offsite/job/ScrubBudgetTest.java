package dev.offsite.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubBudgetTest {

    @ParameterizedTest
    @CsvSource({
        "50GiB, 53687091200",
        "1K, 1024",
        "1.5MiB, 1572864",
        "2 TiB, 2199023255552",
        "0, 0",
        "all, 9223372036854775807",
        "5%, 50",
        "0.5%, 5",
        "0.01%, 1",
        "100%, 9223372036854775807"
    })
    void isSomeBytesOfAThousand(String text, long bytes) {
        assertThat(ScrubBudget.parse(text).of(1000)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "50", "50GB", "GiB", "-1K", "0%", "101%", "half", "5 percent"})
    void orNothingThatIsKnown(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ScrubBudget.parse(text))
                .withMessageContaining("50GiB");
    }

    @Test
    void anOverlongSizeIsAll() {
        assertThat(ScrubBudget.parse("999999999999P").of(1)).isEqualTo(Long.MAX_VALUE);
    }
}
