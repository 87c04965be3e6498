package dev.offsite.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.job.Job;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SizesTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);
    private static final long MIB = 1 << 20;

    private final TreeMap<LocalDate, DaySummary> days = new TreeMap<>();

    @TempDir
    private Path folder;

    private void shipped(int daysAgo, long files, long bytes) {
        days.put(TODAY.minusDays(daysAgo), new DaySummary(1, files, bytes, 0, 0, "", 0, 0, 0));
    }

    private Sizes sizes() {
        Job job = new Scenes(folder).add("db", Duration.ofHours(26));
        return Sizes.of(job, new JobHistory(days, List.of()), TODAY);
    }

    @Test
    void aDayThatBreaksThePatternIsMarkedAndNamed() {
        for (int i = 20; i > 0; i--) {
            shipped(i, 2, i == 5 ? 20 * MIB : 100 * MIB);
        }
        Sizes sizes = sizes();

        assertThat(sizes.small())
                .extracting(small -> small.dayText() + ": " + small.text())
                .containsExactly("24 Nov 2026: only 20.0\u00a0MiB; the median of the 10 days before is 100.0\u00a0MiB");
        assertThat(sizes.marks()).hasSize(1);
        assertThat(sizes.smallBars()).isEqualTo("M54 100v-20");
        assertThat(sizes.bars()).contains("M58 100v-100").doesNotContain("M54 ");
        assertThat(sizes.top()).isEqualTo("100.0\u00a0MiB");
        assertThat(sizes.width()).isEqualTo(60);
    }

    @Test
    void aWeeklyFullBackupIsNoPatternToBreak() {
        for (int i = 60; i > 0; i--) {
            shipped(i, 1, i % 7 == 0 ? 10_000 * MIB : 100 * MIB);
        }
        assertThat(sizes().small()).isEmpty();
    }

    @Test
    void todayCountsOnceAsManyFilesCameAsUsual() {
        for (int i = 20; i > 0; i--) {
            shipped(i, 3, 300 * MIB);
        }
        shipped(0, 2, 2 * MIB);
        assertThat(sizes().small()).isEmpty();

        shipped(0, 3, 3 * MIB);
        assertThat(sizes().small())
                .extracting(Sizes.Small::text)
                .containsExactly("only 3.0\u00a0MiB so far; the median of the 10 days before is 300.0\u00a0MiB");
    }

    @Test
    void emptyCopiesAreNamed() {
        shipped(2, 1, MIB);
        shipped(1, 1, 0);
        assertThat(sizes().small())
                .extracting(Sizes.Small::text)
                .containsExactly("empty copies; the median of the 1 day before is 1.0\u00a0MiB");
    }

    @Test
    void nothingAndNonsenseAreShownToo() {
        assertThat(sizes().isEmpty()).isTrue();
        shipped(1, 1, Long.MAX_VALUE);
        shipped(0, 1, 0);
        assertThat(sizes().bars()).contains("M58 100v-100");
        assertThat(sizes().summary()).startsWith("8192.0\u00a0PiB in all.");
    }
}
