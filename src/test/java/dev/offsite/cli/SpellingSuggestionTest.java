package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingSuggestionTest {

    @ParameterizedTest
    @CsvSource({"'', '', 0", "a, '', 1", "'', ab, 2", "keep, keep, 0", "kitten, sitting, 3", "sorce, source, 1"})
    void theDistanceIsLevenshteins(String a, String b, int distance) {
        assertThat(SpellingSuggestion.distance(a, b)).isEqualTo(distance);
        assertThat(SpellingSuggestion.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void suggestsWhatIsNear() {
        assertThat(SpellingSuggestion.to("kep", List.of("root", "keep"))).isEqualTo("; did you mean keep?");
    }

    @Test
    void listsAllWhereNothingIsNear() {
        assertThat(SpellingSuggestion.to("elephant", List.of("root", "keep"))).isEqualTo("; known are root, keep");
    }
}
