package dev.offsite.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {

    @ParameterizedTest
    @CsvSource({
        "1B,1",
        "2KiB,2048",
        "500 MiB,524288000",
        "1GiB,1073741824",
        "3TiB,3298534883328",
        "1.5GiB,1610612736",
        "50G,53687091200"
    })
    void read(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "0B", "1GB", "-1B", "GiB", "1.5.1GiB", "1KB"})
    void refused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ByteSize.parse(text))
                .withMessageContaining("500MiB");
    }
}
