package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {

    @Test
    void aNameCannotBreakTheLineOrColourTheTerminal() {
        assertThat(Text.line("a\nb\rc\td\u001b[31me\u0000f\u009b"))
                .isEqualTo("a\\nb\\rc\\td\\u001b[31me\\u0000f\\u009b");
    }

    @Test
    void otherNamesAreAsTheyAre() {
        assertThat(Text.line("with space ünï 備份 \uD83D\uDCBE $(x) \\"))
                .isEqualTo("with space ünï 備份 \uD83D\uDCBE $(x) \\");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1572864, 1.5 MiB",
        "1073741824, 1.0 GiB",
        "9223372036854775807, 8192.0 PiB"
    })
    void bytesAreInBinaryUnits(long bytes, String text) {
        assertThat(Text.size(bytes)).isEqualTo(text);
    }

    @Test
    void numbersAreTheSameInEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(Text.size(1536)).isEqualTo("1.5 KiB");
            assertThat(Text.seconds(1_250_000_000L)).isEqualTo("1.3");
        } finally {
            Locale.setDefault(before);
        }
    }
}
