package dev.offsite.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offsite.history.HistoryEntry.Result;
import dev.offsite.history.HistoryEntry.Verb;
import dev.offsite.io.StateFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

    private static final Instant THEN = Instant.parse("2026-01-31T23:59:00Z");

    @TempDir
    private Path state;

    private History history;

    @BeforeEach
    void open() {
        history = new History(new StateFolder(state));
    }

    private static HistoryEntry entry(Result result, Instant at, String reason) {
        int files = result == Result.OK ? 1 : 0;
        return new HistoryEntry(
                "a/b \"ü",
                Verb.SHIP,
                result,
                at,
                Duration.ofMillis(1500),
                files,
                3L << 40,
                0,
                List.of("20260131"),
                reason);
    }

    private Path month(Instant at) {
        return state.resolve("history/a%2Fb+%22%C3%BC/" + at.toString().substring(0, 7) + ".jsonl");
    }

    @Test
    void whatIsWrittenIsRead() {
        HistoryEntry first = entry(Result.OK, THEN, "");
        HistoryEntry second = entry(Result.FAILED, THEN.plusSeconds(120), "line\nbreak \"quoted\" \u0000 ü 💾");
        history.add(first);
        history.add(second);

        assertThat(history.since("a/b \"ü", THEN)).containsExactly(first, second);
        assertThat(history.since("a/b \"ü", THEN.plusSeconds(1))).containsExactly(second);
        assertThat(history.since("other", Instant.EPOCH)).isEmpty();
        assertThat(history.months("a/b \"ü"))
                .extracting(month -> state.resolve(month.name()))
                .containsExactly(month(THEN), month(THEN.plusSeconds(120)));
        assertThat(first.speed()).isEqualTo(Math.round((3L << 40) / 1.5));
    }

    @Test
    void onlyItsOwnerReadsIt() throws IOException {
        history.add(entry(Result.OK, THEN, ""));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(month(THEN))))
                .isEqualTo("rw-------");
    }

    /** A service that finds nothing new each minute, or cannot reach its server. */
    @Test
    void whatRepeatsIsWrittenOnceAnHour() {
        Instant begin = THEN.minus(Duration.ofHours(5));
        for (int minute = 0; minute < 150; minute++) {
            history.add(entry(Result.FAILED, begin.plus(Duration.ofMinutes(minute)), "no route"));
        }
        assertThat(history.since("a/b \"ü", Instant.EPOCH)).hasSize(3);
        history.add(entry(Result.FAILED, begin.plus(Duration.ofMinutes(151)), "refused"));
        history.add(entry(Result.OK, begin.plus(Duration.ofMinutes(152)), ""));
        history.add(entry(Result.OK, begin.plus(Duration.ofMinutes(153)), ""));
        assertThat(history.since("a/b \"ü", Instant.EPOCH)).hasSize(6);
    }

    @Test
    void whatAPowerCutLeftIsPassedOver() throws IOException {
        history.add(entry(Result.OK, THEN.minusSeconds(9), ""));
        byte[] cut = "{\"job\":\"a\u00fc".getBytes(StandardCharsets.UTF_8);
        Files.write(month(THEN), java.util.Arrays.copyOf(cut, cut.length - 1), StandardOpenOption.APPEND);
        history.add(entry(Result.NOTHING, THEN.minusSeconds(8), ""));
        Files.write(month(THEN), new byte[100], StandardOpenOption.APPEND);
        history.add(entry(Result.OK, THEN.minusSeconds(7), ""));
        Files.writeString(month(THEN), "{\"verb\":\"dance\"}\n[]\nnull\n", StandardOpenOption.APPEND);

        assertThat(history.since("a/b \"ü", Instant.EPOCH))
                .extracting(HistoryEntry::at)
                .containsExactly(THEN.minusSeconds(9), THEN.minusSeconds(8), THEN.minusSeconds(7));
    }

    /** Lines are parsed many at once. */
    @Test
    void aDamagedLineHidesNoOther() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            String line = entry(Result.OK, THEN.minusSeconds(1000 - i), "ü".repeat(i))
                    .json()
                    .toJson();
            lines.append('\n')
                    .append(i == 500 ? line.substring(9) : i == 700 ? line + line : line)
                    .append('\n');
        }
        history.add(entry(Result.OK, THEN.minusSeconds(1001), ""));
        Files.writeString(month(THEN), lines, StandardOpenOption.APPEND);

        List<HistoryEntry> read = new ArrayList<>();
        long end = history.read(history.months("a/b \"ü").get(0), 0, read::add);

        assertThat(end).isEqualTo(Files.size(month(THEN)));
        assertThat(read).hasSize(999).isSortedAccordingTo(Comparator.comparing(HistoryEntry::at));
        assertThat(read.get(998).reason()).isEqualTo("ü".repeat(999));
        assertThat(read.get(501).reason()).isEqualTo("ü".repeat(501));
    }

    @Test
    void theOldestMonthsGoFirst() {
        YearMonth first = YearMonth.of(2020, 1);
        for (int month = 0; month < 40; month++) {
            history.add(entry(Result.OK, Instant.parse(first.plusMonths(month) + "-15T00:00:00Z"), ""));
        }
        assertThat(history.since("a/b \"ü", Instant.EPOCH)).hasSize(History.MOST_MONTHS);
        assertThat(history.since("a/b \"ü", Instant.EPOCH).get(24).at()).isEqualTo("2023-04-15T00:00:00Z");
    }

    @Test
    void aMonthWithVeryManyRunsIsCut() throws IOException {
        history.add(entry(Result.OK, THEN.minus(Duration.ofDays(60)), ""));
        String line =
                entry(Result.OK, THEN.minusSeconds(60), "x".repeat(1000)).json().toJson() + "\n";
        Files.writeString(month(THEN), line.repeat((int) (History.MOST_BYTES / line.length()) + 1));

        history.add(entry(Result.OK, THEN, "last"));

        assertThat(Files.size(month(THEN))).isBetween(History.MOST_BYTES / 3, History.MOST_BYTES);
        List<HistoryEntry> left = history.since("a/b \"ü", THEN.minus(Duration.ofDays(30)));
        assertThat(left.get(left.size() - 1).reason()).isEqualTo("last");
    }
}
