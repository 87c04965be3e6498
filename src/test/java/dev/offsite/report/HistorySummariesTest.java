package dev.offsite.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.history.History;
import dev.offsite.history.HistoryEntry;
import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.job.Job;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistorySummariesTest {

    private static final LocalDate FROM = LocalDate.of(2026, 1, 1);

    @TempDir
    private Path folder;

    private History history;
    private HistorySummaries summaries;
    private Job job;

    @BeforeEach
    void start() {
        Scenes scenes = new Scenes(folder);
        history = scenes.history();
        summaries = new HistorySummaries(history);
        job = scenes.add("db", Duration.ofHours(26));
    }

    private void ship(String at, long files) {
        history.add(new HistoryEntry(
                "db",
                Verb.SHIP,
                Result.OK,
                Instant.parse(at),
                Duration.ofSeconds(1),
                files,
                10 * files,
                0,
                List.of(),
                ""));
    }

    private Path month() {
        return folder.resolve("history/db/2026-11.jsonl");
    }

    @Test
    void aRunCountsOnTheDayOfItsJobsZone() {
        ship("2026-10-31T23:30:00Z", 1);
        ship("2026-11-01T22:30:00Z", 2);

        JobHistory read = summaries.of(job, FROM);

        assertThat(read.days().keySet()).containsExactly(LocalDate.of(2026, 11, 1));
        assertThat(read.on(LocalDate.of(2026, 11, 1)).files()).isEqualTo(3);
        assertThat(summaries.of(job, LocalDate.of(2026, 11, 1)).days()).hasSize(1);
    }

    @Test
    void onlyWhatWasAppendedIsReadAgain() throws IOException {
        ship("2026-11-02T05:00:00Z", 1);
        assertThat(summaries.of(job, FROM).on(LocalDate.of(2026, 11, 2)).files())
                .isEqualTo(1);

        // What was read is not read again, whatever it is now.
        byte[] bytes = Files.readAllBytes(month());
        Files.write(
                month(),
                new String(bytes, StandardCharsets.UTF_8)
                        .replace("\"files\":1", "\"files\":9")
                        .getBytes(StandardCharsets.UTF_8));
        ship("2026-11-02T06:00:00Z", 2);

        JobHistory read = summaries.of(job, FROM);
        assertThat(read.on(LocalDate.of(2026, 11, 2)).files()).isEqualTo(3);
        assertThat(read.last()).extracting(HistoryEntry::files).containsExactly(2L, 1L);
    }

    @Test
    void aReplacedFileIsReadAgain() throws IOException {
        ship("2026-11-02T05:00:00Z", 1);
        ship("2026-11-03T05:00:00Z", 2);
        assertThat(summaries.of(job, FROM).days()).hasSize(2);

        Path other = folder.resolve("other");
        Files.copy(month(), other);
        Files.writeString(other, Files.readString(other) + "\n\n\n");
        Files.delete(month());
        ship("2026-11-04T05:00:00Z", 4);
        assertThat(summaries.of(job, FROM).days().keySet()).containsExactly(LocalDate.of(2026, 11, 4));

        Files.move(other, month(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(summaries.of(job, FROM).days()).hasSize(2);
    }

    @Test
    void aChangeWithoutGrowthIsNoticed() throws IOException {
        ship("2026-11-02T05:00:00Z", 1);
        assertThat(summaries.of(job, FROM).on(LocalDate.of(2026, 11, 2)).files())
                .isEqualTo(1);
        Files.writeString(month(), Files.readString(month()).replace("\"files\":1", "\"files\":7"));
        Files.setLastModifiedTime(month(), FileTime.from(Instant.parse("2026-11-02T05:00:09Z")));

        assertThat(summaries.of(job, FROM).on(LocalDate.of(2026, 11, 2)).files())
                .isEqualTo(7);
    }

    @Test
    void garbageIsPassedOver() throws IOException {
        ship("2026-11-02T05:00:00Z", 1);
        String good = Files.readString(month()).strip();
        Files.writeString(
                month(),
                String.join(
                        "\n",
                        "\u0000\u0000",
                        "{}",
                        "[[[",
                        "null",
                        good.substring(0, 30),
                        good.replace("2026-11-02T", "+999999999-12-31T"),
                        good.replace("2026-11-02T", "2019-01-01T"),
                        good.replace("\"reason\":\"\"", "\"reason\":null"),
                        good.replace("\"files\":1", "\"files\":-5"),
                        good.replace("\"files\":1", "\"files\":9223372036854775807"),
                        good),
                StandardOpenOption.APPEND);

        JobHistory read = summaries.of(job, FROM);

        assertThat(read.days().keySet()).containsExactly(LocalDate.of(2026, 11, 2));
        // The last line has no end, so it may yet grow.
        assertThat(read.on(LocalDate.of(2026, 11, 2)).files()).isEqualTo(Long.MAX_VALUE);
        assertThat(read.last()).hasSize(3);
        assertThat(new String(new Scenes(folder).demo().html(), StandardCharsets.UTF_8))
                .endsWith("</html>\n");
    }
}
