package dev.offsite.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {

    @Test
    void columnsAreAligned() {
        Table table = new Table(false, "NAME", ">SIZE", "STATE");
        table.row("ü", "1.0 GiB", "complete");
        table.row("longer", "1 B", "damaged: 1 missing");

        assertThat(table.text().lines())
                .containsExactly(
                        "NAME       SIZE  STATE", "ü       1.0 GiB  complete", "longer      1 B  damaged: 1 missing");
    }

    @Test
    void coloursAreForTerminalsAndChangeNoWidth() {
        Table table = new Table(true, "NAME", "STATE");
        table.row("x", "damaged: 1 missing");

        assertThat(table.text()).contains("\033[31mdamaged: 1 missing\033[0m").contains("x     \033[31m");
        assertThat(table.text().replaceAll("\033\\[[0-9]+m", "").lines())
                .containsExactly("NAME  STATE", "x     damaged: 1 missing");
    }

    @ParameterizedTest
    @CsvSource({"-5,0 s", "119,119 s", "120,2 min", "7199,119 min", "7200,2 h", "172799,47 h", "172800,2 d"})
    void agesAreSaidShortly(long seconds, String age) {
        assertThat(Listing.age(Duration.ofSeconds(seconds))).isEqualTo(age);
    }
}
