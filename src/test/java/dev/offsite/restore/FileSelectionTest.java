package dev.offsite.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offsite.catalog.DateSelector;
import dev.offsite.catalog.DatedFolderRef;
import dev.offsite.catalog.RestoreException;
import dev.offsite.catalog.SnapshotFile;
import dev.offsite.drill.RandomSample;
import dev.offsite.job.DatedFolder;
import dev.offsite.support.Things;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which folder, and which copies of it. */
class FileSelectionTest {

    private static final List<SnapshotFile> ITEMS = Stream.of(
                    "a.sql", "b.sql", "*.sql", "in/c.sql", "in/deep/d.sql", "inn", "[x]", "new\nline", "-rf")
            .map(name -> Things.item(name, 10))
            .toList();

    private static List<String> chosen(String... words) throws RestoreException {
        return FileSelection.of(ITEMS, List.of(words)).stream()
                .map(SnapshotFile::name)
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a.sql|a.sql",
                "./a.sql|a.sql",
                "*.sql|*.sql",
                "?.sql|a.sql,b.sql,*.sql",
                "**/*.sql|a.sql,b.sql,*.sql,in/c.sql,in/deep/d.sql",
                "in|in/c.sql,in/deep/d.sql",
                "in/|in/c.sql,in/deep/d.sql",
                "in/*|in/c.sql",
                "in/**|in/c.sql,in/deep/d.sql",
                "**/d.sql|in/deep/d.sql",
                "[x]|[x]",
                "-*|-rf",
                "i*|inn"
            })
    void namesWinThenFoldersThenPatterns(String word, String names) throws Exception {
        assertThat(chosen(word)).containsExactlyInAnyOrder(names.split(","));
    }

    @Test
    void aLineBreakIsACharacter() throws Exception {
        assertThat(chosen("new?line")).containsExactly("new\nline");
    }

    @Test
    void noWordIsAllAndNothingIsTakenTwice() throws Exception {
        assertThat(chosen()).hasSize(ITEMS.size());
        assertThat(chosen("a.sql", "a*")).containsExactly("a.sql");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "c.sql", "in/x", "*.zip", "a.sq", "[ab].sql", "../a.sql"})
    void whatFitsNothingIsNamed(String word) {
        assertThatThrownBy(() -> chosen("a.sql", word)).hasMessageContaining("'" + word + "'");
    }

    @Test
    void daysAreNamedInSeveralWays() throws Exception {
        var job = Things.job(DatedFolder.BASIC);
        List<DatedFolderRef> places = List.of(Things.place("20260131"), Things.place("20260102"));

        for (String word : List.of("20260102", "2026-01-02")) {
            assertThat(DateSelector.is(job, word)).isTrue();
            assertThat(DateSelector.find(job, places, word).name()).isEqualTo("20260102");
        }
        assertThat(DateSelector.is(job, "latest")).isTrue();
        for (String word : List.of("20260230", "2026-1-2", "a.sql", "Latest", "")) {
            assertThat(DateSelector.is(job, word)).isFalse();
        }
        assertThatThrownBy(() -> DateSelector.find(job, places, "20260103"))
                .hasMessageContaining("there are 20260102, 20260131");
        assertThatThrownBy(() -> DateSelector.find(job, places, "x")).hasMessageContaining("write it as 20260131");
        assertThatThrownBy(() -> DateSelector.find(job, List.of(), "20260103")).hasMessageContaining("none at all");
    }

    @Test
    void onlyTheNearestOfManyAreNamed() {
        List<DatedFolderRef> places = Stream.iterate(1, day -> day + 1)
                .limit(31)
                .map(day -> Things.place("202601%02d".formatted(day)))
                .toList();

        assertThatThrownBy(() -> DateSelector.find(Things.job(DatedFolder.BASIC), places, "20260204"))
                .hasMessageContaining("the nearest are 20260127, 20260128, 20260129, 20260130, 20260131");
    }

    @Test
    void aSampleKeepsToItsBoundsButIsNeverEmpty() {
        assertThat(RandomSample.of(ITEMS, 3, 1000, new Random(1))).hasSize(3);
        assertThat(RandomSample.of(ITEMS, 100, 45, new Random(1))).hasSize(4);
        assertThat(RandomSample.of(ITEMS, 100, 1, new Random(1))).hasSize(1);
        assertThat(RandomSample.of(ITEMS, 100, 1000, new Random(1))).hasSize(ITEMS.size());
        assertThat(RandomSample.of(List.of(), 1, 1, new Random(1))).isEmpty();
        assertThat(Arrays.asList(1, 2, 3, 4, 5, 6, 7, 8, 9, 10).stream()
                        .map(seed -> RandomSample.of(ITEMS, 1, 1000, new Random(seed))
                                .get(0)
                                .name())
                        .distinct()
                        .count())
                .as("by chance")
                .isGreaterThan(2);
    }
}
