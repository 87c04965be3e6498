package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

class CurrentFileTest {

    private final List<String> line = new ArrayList<>();
    private final AtomicLong now = new AtomicLong();
    private final AtomicLong total = new AtomicLong();
    private final CurrentFile shown = new CurrentFile(line::add, now::get);

    private LongConsumer file(String name, long bytes) {
        return shown.of(name, bytes, total::addAndGet);
    }

    @Test
    void aLargeFileIsNamedWithEachPercent() {
        LongConsumer dump = file("2026/app.dump", 200L << 20);
        for (int i = 0; i < 5; i++) {
            dump.accept(1 << 20);
        }
        assertThat(line).containsExactly("app.dump 0 %", "app.dump 1 %", "app.dump 2 %");
        assertThat(total).hasValue(5 << 20);
    }

    @Test
    void aSmallOneIsOnlyCounted() {
        file("small", CurrentFile.LARGE - 1).accept(7);
        assertThat(line).isEmpty();
        assertThat(total).hasValue(7);
    }

    @Test
    void oneIsShownUntilItIsDone() {
        LongConsumer first = file("first", CurrentFile.LARGE);
        LongConsumer second = file("second", CurrentFile.LARGE);
        first.accept(CurrentFile.LARGE / 2);
        second.accept(CurrentFile.LARGE / 4);
        first.accept(CurrentFile.LARGE);
        second.accept(CurrentFile.LARGE / 4);
        assertThat(line).containsExactly("first 50 %", "first 100 %", "second 50 %");
    }

    /** Else a file that failed would be shown to the end. */
    @Test
    void oneThatHasStoppedGivesWay() {
        file("stopped", CurrentFile.LARGE).accept(CurrentFile.LARGE / 2);
        LongConsumer other = file("other", CurrentFile.LARGE);
        other.accept(CurrentFile.LARGE / 4);
        now.addAndGet(6_000_000_000L);
        other.accept(CurrentFile.LARGE / 4);
        assertThat(line).containsExactly("stopped 50 %", "other 50 %");
    }

    @Test
    void aLongNameIsCut() {
        assertThat(CurrentFile.shortName("a/" + "b".repeat(30))).isEqualTo("b".repeat(23) + "…");
    }
}
