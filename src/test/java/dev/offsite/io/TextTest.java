package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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
    void aReasonIsMoreThanTheNameOfTheFile() {
        assertThat(Text.reason(new NoSuchFileException("/a"))).isEqualTo("/a: no such file or folder");
        assertThat(Text.reason(new AccessDeniedException("/a\nb"))).isEqualTo("/a\\nb: permission denied");
        assertThat(Text.reason(new NotDirectoryException("/a"))).isEqualTo("/a: not a folder");
        assertThat(Text.reason(new FileSystemException("/a", null, "No space left on device")))
                .isEqualTo("/a: No space left on device");
        assertThat(Text.reason(new MalformedInputException(1))).isEqualTo("it is not valid UTF-8");
        assertThat(Text.reason(new IOException("Is a directory"))).isEqualTo("Is a directory");
        assertThat(Text.reason(new IllegalStateException())).isEqualTo("IllegalStateException");
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
